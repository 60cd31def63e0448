import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageFileFor } from './pageFiles.ts';
import { pageOrigin } from './pageOrigin.ts';

const folder = resolve('/opt/drover/out/renderer');
const ask = (address: string) => pageFileFor(folder, address, pageOrigin);

describe('pageFileFor', () => {
  it('finds the page, its files, and the page again for a place within it', () => {
    expect(ask('app://console/')).toMatchObject({ path: resolve(folder, 'index.html'), isPage: true });
    expect(ask('app://console/assets/index-1.js?v=2#x')).toEqual({
      path: resolve(folder, 'assets/index-1.js'),
      contentType: 'text/javascript; charset=utf-8',
      isPage: false,
    });
    expect(ask('app://console/hosts/7')?.path).toBe(resolve(folder, 'index.html'));
  });

  it.each([
    ['another host', 'app://other/index.html'],
    ['a port', 'app://console:1/index.html'],
    ['another scheme', 'http://console/index.html'],
    ['no address', 'index.html'],
    ['an encoded way out', 'app://console/..%2f..%2fpackage.json'],
    ['an encoded backslash', 'app://console/..%5c..%5cpackage.json'],
    ['a drive', 'app://console/C:%2fWindows%2fwin.json'],
    ['NUL', 'app://console/index.html%00.js'],
    ['half an escape', 'app://console/%e0%a4.js'],
    ['a kind that is not shipped', 'app://console/index.js.map'],
  ])('refuses %s', (_what, address) => {
    expect(ask(address)).toBeUndefined();
  });

  it('never leaves its folder, whatever it is asked', () => {
    const piece = fc.oneof(fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '', 'a.js', '~'), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const found = ask(`${pageOrigin}/${pieces.join('/')}`);
        return found === undefined || found.path.startsWith(`${folder}/`);
      }),
    );
  });
});
