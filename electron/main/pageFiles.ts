import { extname, resolve, sep } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export interface PageFile {
  readonly path: string;
  readonly contentType: string;
  readonly isPage: boolean;
}

/**
 * The file under `folder` that an address asks for. A path without an ending is a place within the page (`/hosts/7`),
 * so it is index.html. Undefined: no address of ours, a kind we do not ship, or a way out of the folder.
 */
export function pageFileFor(folder: string, address: string, origin: string): PageFile | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || `${url.protocol}//${url.host}` !== origin) return undefined;
  const name = decoded(url.pathname);
  if (name === undefined) return undefined;
  const ending = extname(name);
  const path = resolve(folder, ending === '' ? 'index.html' : `.${name}`);
  const contentType = types[ending === '' ? '.html' : ending];
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
