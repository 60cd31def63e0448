import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** A person at a terminal, if there is one. Questions go to standard error, so that answers stay parseable. */
export interface Terminal {
  say(text: string): void;
  ask(question: string): Promise<string>;
  /** Nothing that is typed is shown. */
  askHidden(question: string): Promise<string>;
}

export function openTerminal(): Terminal | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return {
    say: (text) => void process.stderr.write(`${text}\n`),
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    async askHidden(question) {
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
      // From here on the terminal shows nothing by itself; who types as soon as asked is not seen either.
      const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
      try {
        process.stderr.write(question);
        return await lines.question('');
      } finally {
        lines.close();
        process.stderr.write('\n');
      }
    },
  };
}
