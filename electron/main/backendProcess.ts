import { hostname, userInfo } from 'node:os';
import { DroverError, toErrorData } from '#shared/contract/errors.ts';
import type { Requester } from '#shared/model/task.ts';
import { type Backend, startBackend } from '../backend/backend.ts';
import { type FromBackend, type ToBackend, toBackendSchema } from './backendMessages.ts';
import { launchOptions } from './launchOptions.ts';
import { shelvedSecrets } from './shelvedSecrets.ts';

type Begin = Extract<ToBackend, { readonly type: 'begin' }>;

// The program of the utility process: the backend behind `process.parentPort`, which nobody else speaks.
const parent = process.parentPort;
const requester: Requester = { who: `${userInfo().username}@${hostname()}`, via: 'desktop' };
/** Set by the first message; undefined in it when the backend cannot start for a reason a person has to see to. */
let starting: Promise<Backend | undefined> = Promise.resolve(undefined);

// Ctrl-C may reach every process of a terminal; the shell says when the backend is to stop.
process.on('SIGINT', () => {});

parent.on('message', (event) => {
  const message = toBackendSchema.safeParse(event.data);
  if (!message.success) return;
  switch (message.data.type) {
    case 'begin':
      starting = boot(message.data);
      return;
    case 'connect': {
      const [port] = event.ports;
      if (port !== undefined) void starting.then((backend) => backend?.acceptPort(port, requester));
      return;
    }
    case 'count-tasks':
      void countTasks(message.data.id);
      return;
    case 'stop':
      void stop();
      return;
    default:
      message.data satisfies never;
  }
});

async function boot({ secrets, worldProgram }: Begin): Promise<Backend | undefined> {
  const { dataFolder } = launchOptions(process.argv.slice(2), process.cwd());
  try {
    const backend = await startBackend({
      dataFolder,
      mode: 'desktop',
      secrets: shelvedSecrets(secrets, tell),
      worldProgram,
    });
    tell({ type: 'running' });
    return backend;
  } catch (thrown) {
    if (!(thrown instanceof DroverError)) {
      console.error('Start the backend:', thrown);
      process.exit(1);
    }
    tell({ type: 'failed', error: toErrorData(thrown) });
    return undefined;
  }
}

async function countTasks(id: number): Promise<void> {
  const backend = await starting;
  const { count } = (await backend?.client(requester).system.runningTasks()) ?? { count: 0 };
  tell({ type: 'task-count', id, count });
}

async function stop(): Promise<void> {
  try {
    await (await starting)?.stop();
  } finally {
    process.exit(0);
  }
}

function tell(message: FromBackend): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
  parent.postMessage(message);
}
