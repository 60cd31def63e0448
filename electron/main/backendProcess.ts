import { hostname, userInfo } from 'node:os';
import { DroverError, toErrorData } from '#shared/contract/errors.ts';
import type { Requester } from '#shared/model/task.ts';
import { type Backend, startBackend } from '../backend/backend.ts';
import { type FromBackend, type SecretQuestion, toBackendSchema } from './backendMessages.ts';
import { launchOptions } from './launchOptions.ts';

// The program of the utility process: the backend behind `process.parentPort`, which nobody else speaks.
const secretDeadlineMs = 30_000;
const parent = process.parentPort;
const requester: Requester = { who: `${userInfo().username}@${hostname()}`, via: 'desktop' };
const secretAnswers = new Map<
  number,
  (answer: { readonly value?: string; readonly problem?: string }) => void
>();
let nextQuestion = 1;

// Ctrl-C reaches every process of a terminal; the shell says when the backend is to stop.
process.on('SIGINT', () => {});

const starting = boot();

parent.on('message', (event) => {
  const message = toBackendSchema.safeParse(event.data);
  if (!message.success) return;
  switch (message.data.type) {
    case 'connect': {
      const [port] = event.ports;
      if (port !== undefined) void starting.then((backend) => backend?.acceptPort(port, requester));
      return;
    }
    case 'count-tasks':
      void countTasks(message.data.id);
      return;
    case 'secret':
      secretAnswers.get(message.data.id)?.({
        ...(message.data.value === undefined ? {} : { value: message.data.value }),
        ...(message.data.problem === undefined ? {} : { problem: message.data.problem }),
      });
      return;
    case 'stop':
      void stop();
      return;
    default:
      message.data satisfies never;
  }
});

/** Undefined when it cannot start for a reason that a person has to see to; a bug ends the process instead. */
async function boot(): Promise<Backend | undefined> {
  const { dataFolder } = launchOptions(process.argv.slice(2), process.cwd());
  try {
    const backend = await startBackend({ dataFolder, mode: 'desktop' });
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
  const { count } =
    backend === undefined ? { count: 0 } : await backend.client(requester).system.runningTasks();
  tell({ type: 'task-count', id, count });
}

async function stop(): Promise<void> {
  try {
    await (await starting)?.stop();
  } finally {
    tell({ type: 'stopped' });
    process.exit(0);
  }
}

function tell(message: FromBackend): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
  parent.postMessage(message);
}

/** Asks the shell, which alone reaches the system's key store. */
export async function askSecret(question: SecretQuestion): Promise<string | undefined> {
  const id = nextQuestion++;
  const answer = new Promise<{ readonly value?: string; readonly problem?: string }>((resolve, reject) => {
    const deadline = setTimeout(() => {
      reject(
        new DroverError({
          code: 'secret-store-unavailable',
          tried: "Ask the system's key store",
          cause: `it did not answer within ${secretDeadlineMs / 1000} s`,
          next: 'Unlock it, or type the secret again',
        }),
      );
    }, secretDeadlineMs);
    secretAnswers.set(id, (found) => {
      clearTimeout(deadline);
      resolve(found);
    });
  }).finally(() => secretAnswers.delete(id));
  tell({ type: 'secret', id, question });
  const { value, problem } = await answer;
  if (problem !== undefined) {
    throw new DroverError({
      code: 'secret-store-unavailable',
      tried: "Use the system's key store",
      cause: problem,
      next: 'Unlock it, or type the secret again',
    });
  }
  return value;
}
