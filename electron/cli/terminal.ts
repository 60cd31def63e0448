import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** A person at a terminal, if there is one. Questions go to standard error, so that answers stay parseable. */
export interface Terminal {
  say(text: string): void;
  ask(question: string): Promise<string>;
  /** Nothing that is typed is shown. */
  askHidden(question: string): Promise<string>;
}

/** A question is withdrawn when the signal is aborted. */
export function openTerminal(signal: AbortSignal): Terminal | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return {
    say: (text) => void process.stderr.write(`${text}\n`),
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        passOnInterrupts(lines);
        return await lines.question(question, { signal });
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
        passOnInterrupts(lines);
        return await lines.question('', { signal });
      } finally {
        lines.close();
        process.stderr.write('\n');
      }
    },
  };
}

/** While a line is read the terminal makes no signal of Ctrl-C; without this it would only end the reading. */
function passOnInterrupts(lines: Interface): void {
  lines.on('SIGINT', () => void process.emit('SIGINT'));
}
