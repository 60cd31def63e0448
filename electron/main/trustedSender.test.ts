import { describe, expect, it } from 'vitest';
import { isTrustedSender } from './trustedSender.ts';

const from = (url: string, parent: object | null = null) => isTrustedSender({ senderFrame: { url, parent } });

describe('isTrustedSender', () => {
  it('trusts the top frame of our own page', () => {
    expect(from('app://console/')).toBe(true);
    expect(from('app://console/hosts?x=1#y')).toBe(true);
  });

  it('trusts nobody else', () => {
    expect(from('app://console/', {})).toBe(false);
    expect(from('app://console.example/')).toBe(false);
    expect(from('app://user@console/')).toBe(false);
    expect(from('app://console:1/')).toBe(false);
    expect(from('index.html')).toBe(false);
    expect(from('https://console/')).toBe(false);
    expect(from('file:///app://console/')).toBe(false);
    expect(from('about:blank')).toBe(false);
    expect(from('')).toBe(false);
    expect(isTrustedSender({ senderFrame: null })).toBe(false);
  });
});
