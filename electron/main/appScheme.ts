import { protocol, type Session } from 'electron';
import { pageAnswer } from '../backend/transports/pageFiles.ts';
import { isOwnPage, pageScheme } from './pageOrigin.ts';

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
  session.protocol.handle(pageScheme, async ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return new Response('', { status: 405 });
    if (!isOwnPage(url)) return new Response('', { status: 404 });
    const { status, headers, body } = await pageAnswer(folder, new URL(url).pathname);
    return new Response(body, { status, headers });
  });
}
