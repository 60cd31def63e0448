import { DroverError } from '#shared/contract/errors.ts';
import type { CallOptions, DiskStamps } from '../drivers.ts';
import type { HostAccess } from './hostLink.ts';
import { quote } from './ssh/shell.ts';

const readDeadlineMs = 5000;

/**
 * A shell on the host that waits for a line and answers with one a file: asked while a guest stands still, it costs
 * one round trip and no new process of sshd's. Time of last writing with all its digits, and size.
 */
export async function openStamps(
  link: HostAccess,
  paths: readonly string[],
  options: CallOptions | undefined,
): Promise<DiskStamps> {
  const files = paths.map(quote).join(' ');
  // The first byte read makes a network file system look at the server again rather than at what it remembers.
  const script = `while read -r line; do for file in ${files}; do head -c 1 -- "$file" >/dev/null 2>&1; stat -L -c '%.Y %s' -- "$file" 2>/dev/null || echo absent; done; done`;
  const channel = await link.openCommand(script, options);
  channel.on('error', () => undefined);
  let answer = '';
  let wake: () => void = () => undefined;
  channel.setEncoding('utf8');
  channel.on('data', (chunk: string) => {
    answer += chunk;
    wake();
  });
  channel.on('close', () => wake());
  return {
    async read(limits) {
      answer = '';
      const lines = await new Promise<readonly string[]>((resolve, reject) => {
        const takeTimer = link.clock.after(limits?.deadlineMs ?? readDeadlineMs, () => finish());
        const finish = () => {
          takeTimer();
          wake = () => undefined;
          const told = answer.split('\n').slice(0, -1);
          if (told.length === paths.length) return resolve(told);
          reject(
            new DroverError({
              code: 'timed-out',
              tried: `See when the disks were last written on ${link.name}`,
              cause: 'the shell there did not answer',
            }),
          );
        };
        wake = () => {
          if (channel.destroyed || answer.split('\n').length > paths.length) finish();
        };
        channel.write('\n');
      });
      return lines;
    },
    close: async () => {
      channel.destroy();
    },
  };
}
