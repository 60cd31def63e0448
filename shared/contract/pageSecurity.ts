/** Stands in the built index.html wherever a nonce belongs; whoever serves the page replaces every one of them. */
export const pageNoncePlaceholder = '__DROVER_PAGE_NONCE__';

/**
 * The policy of every page Drover serves, from app:// and from the browser server alike. Emotion adds style elements
 * at run time, so styles need a nonce of this one response; nothing else may be inline, and nothing comes from elsewhere.
 * `connect-src 'self'` covers a WebSocket to the same host and port.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** Headers beside the policy, the same for every kind of file. */
export const pageSecurityHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export function withPageNonce(html: string, nonce: string): string {
  return html.replaceAll(pageNoncePlaceholder, nonce);
}
