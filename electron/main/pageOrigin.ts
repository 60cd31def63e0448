export const pageScheme = 'app';
/** Where the page lives in the desktop app. Nothing else is ever loaded into a window. */
export const pageOrigin = `${pageScheme}://console`;
export const pageAddress = `${pageOrigin}/`;

export function isOwnPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  // Node gives schemes it does not know the origin "null", so the parts are compared: as parsed, never by their start.
  return `${url.protocol}//${url.host}` === pageOrigin && url.username === '' && url.password === '';
}
