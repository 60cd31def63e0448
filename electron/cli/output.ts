import type { ErrorData } from '#shared/contract/errors.ts';

/** Where a command writes. With `json`, standard output gets one JSON value and nothing else. */
export interface Output {
  readonly json: boolean;
  /** The command's answer: `value` for programs, `text` for people. */
  result(value: unknown, text: string): void;
  /** What happens meanwhile; people only, on standard error. */
  note(text: string): void;
  /** A line that replaces itself while a task runs; only on a terminal. */
  status(text: string): void;
  problem(error: ErrorData | UsageProblem): void;
}

/** The words were not understood, so nothing was tried. */
export interface UsageProblem {
  readonly code: 'usage';
  readonly message: string;
  readonly next: string;
}

export interface Streams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function createOutput(json: boolean, streams: Streams): Output {
  let statusShown = false;
  const clear = () => {
    if (statusShown) streams.stderr.write('\r\u001b[2K');
    statusShown = false;
  };
  return {
    json,
    result(value, text) {
      clear();
      streams.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    note(text) {
      clear();
      if (!json) streams.stderr.write(`${text}\n`);
    },
    status(text) {
      if (json || streams.stderr.isTTY !== true) return;
      clear();
      streams.stderr.write(text);
      statusShown = true;
    },
    problem(error) {
      clear();
      if (json) streams.stdout.write(`${JSON.stringify(error)}\n`);
      else streams.stderr.write(`${error.message}\n`);
    },
  };
}

/** Columns padded to their widest cell; numbers are given as text with their units. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(header.map((name) => name.toUpperCase())), ...rows.map(line)].join('\n');
}
