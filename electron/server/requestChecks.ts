import type { IncomingMessage } from 'node:http';

/** One name a port: cookies are shared by all ports of a machine, and two servers must not put each other out. */
export function cookieName(port: number): string {
  return `drover-${port}`;
}

export function sessionCookie(request: IncomingMessage, port: number): string | undefined {
  const wanted = `${cookieName(port)}=`;
  return (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(wanted))
    ?.slice(wanted.length);
}

/** Only names of this machine's loopback: a page elsewhere that resolves to us (DNS rebinding) is refused. */
export function hostAllowed(request: IncomingMessage, port: number): boolean {
  const host = request.headers.host;
  return host !== undefined && [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host);
}

/**
 * Browsers send Origin with every WebSocket; it must be this very server. A request without one that is no plain
 * navigation is refused too, so nothing that is not our own page gets in on a cookie alone.
 */
export function originAllowed(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return origin !== undefined && host !== undefined && origin === `http://${host}`;
}
