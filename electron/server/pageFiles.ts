import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { contentSecurityPolicy, pageSecurityHeaders, withPageNonce } from '#shared/contract/pageSecurity.ts';

export interface PageFile {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** A file of the built page, never anything outside its folder; `/` is index.html with a nonce of its own. */
export async function pageFile(folder: string, pathname: string): Promise<PageFile> {
  const nonce = randomBytes(16).toString('base64');
  const headers = { ...pageSecurityHeaders, 'Content-Security-Policy': contentSecurityPolicy(nonce) };
  const relative = decode(pathname === '/' ? '/index.html' : pathname);
  const path = relative === undefined ? undefined : normalize(join(folder, relative));
  const type = path === undefined ? undefined : types[extname(path)];
  if (path === undefined || type === undefined || !path.startsWith(folder + sep)) {
    return { status: 404, headers, body: 'There is no such page here. Open / instead.' };
  }
  try {
    const content = await readFile(path);
    const isPage = extname(path) === '.html';
    return {
      status: 200,
      headers: {
        ...headers,
        'Content-Type': type,
        'Cache-Control': path.includes(`${sep}assets${sep}`)
          ? 'private, max-age=31536000, immutable'
          : 'no-store',
      },
      body: isPage ? withPageNonce(content.toString('utf8'), nonce) : content,
    };
  } catch {
    return { status: 404, headers, body: 'There is no such page here. Open / instead.' };
  }
}

function decode(pathname: string): string | undefined {
  try {
    const decoded = decodeURIComponent(pathname);
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}
