import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, pageNoncePlaceholder, withPageNonce } from './pageSecurity.ts';

describe('contentSecurityPolicy', () => {
  const policy = contentSecurityPolicy('abc');
  const directive = (name: string) => policy.split('; ').find((each) => each.startsWith(`${name} `));

  it('starts from nothing and lets in only what is ours', () => {
    expect(directive('default-src')).toBe("default-src 'none'");
    expect(directive('script-src')).toBe("script-src 'self'");
    expect(directive('connect-src')).toBe("connect-src 'self'");
    expect(directive('style-src')).toBe("style-src 'self' 'nonce-abc'");
    expect(directive('frame-ancestors')).toBe("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });
});

describe('withPageNonce', () => {
  it('fills every placeholder', () => {
    const html = `<meta nonce="${pageNoncePlaceholder}"><script nonce="${pageNoncePlaceholder}">`;
    expect(withPageNonce(html, 'n')).toBe('<meta nonce="n"><script nonce="n">');
  });
});
