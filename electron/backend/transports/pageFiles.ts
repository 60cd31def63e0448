import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { contentSecurityPolicy, pageSecurityHeaders, withPageNonce } from '#shared/contract/pageSecurity.ts';

export interface PageAnswer {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | string;
}

interface PlacedFile {
  readonly path: string;
  readonly contentType: string;
  readonly isPage: boolean;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** What the built page in `folder` answers to the path of an address: a file of it, with a nonce of this one answer. */
export async function pageAnswer(folder: string, pathname: string): Promise<PageAnswer> {
  const nonce = randomBytes(16).toString('base64');
  const headers = {
    ...pageSecurityHeaders,
    'Content-Security-Policy': contentSecurityPolicy(nonce),
    'Cache-Control': 'no-store',
  };
  const file = placedFile(folder, pathname);
  const content = file === undefined ? undefined : await readFile(file.path).catch(() => undefined);
  if (file === undefined || content === undefined) {
    return { status: 404, headers, body: 'There is no such page here. Open / instead.' };
  }
  return {
    status: 200,
    headers: {
      ...headers,
      'Content-Type': file.contentType,
      // Their names change with what is in them.
      ...(file.path.startsWith(resolve(folder, 'assets') + sep)
        ? { 'Cache-Control': 'private, max-age=31536000, immutable' }
        : {}),
    },
    body: file.isPage ? withPageNonce(content.toString('utf8'), nonce) : new Uint8Array(content),
  };
}

/**
 * The file under `folder` that a path asks for. A path without an ending is a place within the page (`/hosts/7`), so it
 * is index.html. Undefined: a kind we do not ship, or a way out of the folder.
 */
export function placedFile(folder: string, pathname: string): PlacedFile | undefined {
  const name = decoded(pathname);
  if (name === undefined) return undefined;
  const ending = extname(name);
  const path = resolve(folder, ending === '' ? 'index.html' : `.${name}`);
  const contentType = contentTypes[ending === '' ? '.html' : ending];
  if (contentType === undefined || !path.startsWith(folder + sep)) return undefined;
  return { path, contentType, isPage: extname(path) === '.html' };
}

/** A backslash is a folder's end on Windows and part of no name of ours; neither is NUL. */
function decoded(pathname: string): string | undefined {
  try {
    const name = decodeURIComponent(pathname);
    return name.includes('\0') || name.includes('\\') || name.includes(':') ? undefined : name;
  } catch {
    return undefined;
  }
}
