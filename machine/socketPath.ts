import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** In bytes: a UNIX socket's address has 108, with its end. */
const longestSocketPath = 100;

/** What listens for a folder. */
export interface SocketName {
  /** Of the program: "drover". */
  readonly program: string;
  /** "drover.sock" */
  readonly file: string;
}

/**
 * Where whoever has a folder listens: in its folder `socket`, or, where that path is too long for a UNIX socket, in a
 * folder of its own beside other programs' (`privateFolder.ts` makes it). A named pipe on Windows. The same folder has
 * always the same.
 */
export function socketPathOf(folder: string, { program, file }: SocketName): string {
  const path = resolve(folder);
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\${program}-${hash}`;
  const inside = join(path, 'socket', file);
  if (Buffer.byteLength(inside) <= longestSocketPath) return inside;
  const base = process.env['XDG_RUNTIME_DIR'] ?? tmpdir();
  return join(base, `${program}-${process.getuid?.() ?? 0}-${hash}`, file);
}

/** A named pipe is no file, and lies in no folder. */
export function isPipe(socketPath: string): boolean {
  return socketPath.startsWith('\\\\');
}
