import { app, type Session, shell } from 'electron';
import { isOwnPage } from './pageOrigin.ts';

/** The sites Drover's own texts link to. */
const linkedHosts: ReadonlySet<string> = new Set(['libvirt.org', 'www.qemu.org', 'man.openbsd.org']);

/** Root has no Chromium sandbox at all; asking for it then makes every child process die at its start. */
export function sandboxSwitchedOff(): boolean {
  return app.commandLine.hasSwitch('no-sandbox') || Boolean(process.env['ELECTRON_DISABLE_SANDBOX']);
}

/** Before the app is ready: from here on no page of any kind gets out of the sandbox, opens a window or leaves our origin. */
export function lockDownPages(): void {
  if (!sandboxSwitchedOff()) app.enableSandbox();
  app.on('web-contents-created', (_created, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame || !isOwnPage(event.url)) event.preventDefault();
    });
    contents.setWindowOpenHandler(({ url }) => {
      void openLinkedSite(url);
      return { action: 'deny' };
    });
  });
}

/** Electron grants every permission unless told otherwise; Drover's page may put text on the clipboard, fill the screen with a console, and nothing else. */
export function denyPermissions(session: Session): void {
  const granted: readonly string[] = ['clipboard-sanitized-write', 'fullscreen'];
  const allowed = (permission: string, origin: string) => granted.includes(permission) && isOwnPage(origin);
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(allowed(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => allowed(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    if (!isOwnFile(item.getURL(), item.getFilename())) event.preventDefault();
  });
}

/** What the page itself made to be kept: a picture or a table. Electron asks the operator where it goes. */
export function isOwnFile(address: string, name: string): boolean {
  return (
    address.startsWith('blob:') && isOwnPage(address.slice('blob:'.length)) && /\.(?:png|csv)$/.test(name)
  );
}

export function isLinkedSite(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return (
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.port === '' &&
    linkedHosts.has(url.hostname)
  );
}

/** @returns whether the address is one of the linked sites, and so was given to the browser */
export async function openLinkedSite(address: string): Promise<boolean> {
  if (!isLinkedSite(address)) return false;
  await shell.openExternal(new URL(address).href);
  return true;
}
