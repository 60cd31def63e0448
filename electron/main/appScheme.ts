import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { contentSecurityPolicy, pageSecurityHeaders, withPageNonce } from '#shared/contract/pageSecurity.ts';
import { pageFileFor } from './pageFiles.ts';
import { pageOrigin, pageScheme } from './pageOrigin.ts';

/** Once, and before the app is ready: Chromium takes no schemes afterwards. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: pageScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** Serves the built page in `folder` at app://console/, with the policy in its headers and a nonce of each response. */
export function serveAppScheme(session: Session, folder: string): void {
  session.protocol.handle(pageScheme, async (request) => {
    const nonce = randomBytes(16).toString('base64');
    const headers = {
      ...pageSecurityHeaders,
      'Content-Security-Policy': contentSecurityPolicy(nonce),
      'Cache-Control': 'no-store',
    };
    const refuse = (status: number) => new Response('', { status, headers });
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
    const file = pageFileFor(folder, request.url, pageOrigin);
    if (file === undefined) return refuse(404);
    try {
      const content = await readFile(file.path);
      const body = file.isPage ? withPageNonce(content.toString('utf8'), nonce) : new Uint8Array(content);
      return new Response(body, { status: 200, headers: { ...headers, 'Content-Type': file.contentType } });
    } catch {
      return refuse(404);
    }
  });
}
