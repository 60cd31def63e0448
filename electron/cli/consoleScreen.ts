import { once } from 'node:events';

/** Where a console is shown and typed: the terminal, or whatever stands in a pipe. */
export interface ConsoleScreen {
  /** Resolves when there is room for more. */
  show(bytes: Buffer): Promise<void>;
  /** A word of Drover's own, on a line of its own and apart from what the guest says. */
  say(text: string): void;
  /** From now on; nothing more is read until what `typed` returns is settled. Returns what ends it. */
  typing(typed: (bytes: Buffer) => Promise<void>, ended: () => void): () => void;
}

export function processScreen(): ConsoleScreen {
  const { stdin, stdout, stderr } = process;
  return {
    async show(bytes) {
      if (!stdout.write(bytes)) await once(stdout, 'drain');
    },
    say: (text) => void stderr.write(`\r\n[${text}]\r\n`),
    typing(typed, ended) {
      const hear = (bytes: Buffer) => {
        stdin.pause();
        void typed(bytes).then(() => stdin.resume());
      };
      // Every key is the guest's, Ctrl+C among them.
      if (stdin.isTTY) stdin.setRawMode(true);
      stdin.on('data', hear);
      stdin.on('end', ended);
      stdin.resume();
      return () => {
        stdin.off('data', hear);
        stdin.off('end', ended);
        if (stdin.isTTY) stdin.setRawMode(false);
        stdin.pause();
      };
    },
  };
}
