import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { DroverClient } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import { startBackend } from '../backend/backend.ts';
import { FakeHosts } from '../backend/drivers/testing/fakeHosts.ts';
import { type Interrupts, interruptible, watchInterrupts } from './interrupts.ts';

const interrupt = () => void process.emit('SIGINT');

describe('Ctrl-C', () => {
  let interrupts: Interrupts;
  const impatient: string[] = [];
  afterEach(() => {
    interrupts.end();
    impatient.length = 0;
  });
  const watch = () => {
    interrupts = watchInterrupts((reason) => impatient.push(reason.code));
    return interrupts;
  };

  it('withdraws what the command asked; once more is impatience', async () => {
    const { orInterrupted, signal } = watch();
    const working = orInterrupted(new Promise(() => undefined));
    interrupt();
    await expect(working).rejects.toMatchObject({ code: 'interrupted' });
    expect(signal.aborted).toBe(true);
    expect(impatient).toEqual([]);
    interrupt();
    expect(impatient).toEqual(['interrupted']);
  });

  it('is for whoever waits for a task, as long as it does', () => {
    const { on, signal } = watch();
    let heard = 0;
    const end = on(() => (heard += 1));
    interrupt();
    interrupt();
    expect(heard).toBe(2);
    expect(signal.aborted).toBe(false);
    end();
    interrupt();
    expect(signal.aborted).toBe(true);
  });

  it('leaves what was done in time alone', async () => {
    expect(await watch().orInterrupted(Promise.resolve('done'))).toBe('done');
  });

  it('ends a question on its way, and lets none be asked after', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'drover-interrupts-'));
    const hosts = new FakeHosts();
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const backend = await startBackend({
      dataFolder,
      mode: 'command',
      openDriver: (endpoint) => ({
        ...hosts.openDriver(endpoint),
        connected: (options) =>
          new Promise((_, reject) => {
            options?.signal?.addEventListener('abort', () =>
              reject(new DroverError({ code: 'cancelled', tried: 'Connect', cause: 'withdrawn' })),
            );
            asked();
          }),
      }),
    });
    try {
      const { signal } = watch();
      const client: DroverClient = interruptible(backend.client({ who: 'me', via: 'command' }), signal);
      expect(await client.system.runningTasks()).toEqual({ count: 0 });
      const adding = client.hosts.add({ address: 'ssh://root@alpha', clusterName: 'lab', credentials: {} });
      const refused = expect(adding).rejects.toThrow();
      await isAsked;
      interrupt();
      await refused;
      await expect((async () => await client.live.snapshot())()).rejects.toMatchObject({
        code: 'interrupted',
      });
    } finally {
      await backend.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    }
  });
});
