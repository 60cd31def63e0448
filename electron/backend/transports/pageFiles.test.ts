import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageNoncePlaceholder } from '#shared/contract/pageSecurity.ts';
import { pageAnswer, placedFile } from './pageFiles.ts';

const folder = resolve('/opt/drover/out/renderer');
const ask = (pathname: string) => placedFile(folder, pathname);

describe('the file that a path asks for', () => {
  it('is the page, its files, and the page again for a place within it', () => {
    expect(ask('/')).toMatchObject({ path: resolve(folder, 'index.html'), isPage: true });
    expect(ask('/assets/index-1.js')).toEqual({
      path: resolve(folder, 'assets/index-1.js'),
      contentType: 'text/javascript; charset=utf-8',
      isPage: false,
    });
    expect(ask('/hosts/7')?.path).toBe(resolve(folder, 'index.html'));
  });

  it.each([
    ['an encoded way out', '/..%2f..%2fpackage.json'],
    ['an encoded backslash', '/..%5c..%5cpackage.json'],
    ['a drive', '/C:%2fWindows%2fwin.json'],
    ['NUL', '/index.html%00.js'],
    ['half an escape', '/%e0%a4.js'],
    ['a kind that is not shipped', '/index.js.map'],
  ])('is none for %s', (_what, pathname) => {
    expect(ask(pathname)).toBeUndefined();
  });

  it('is never outside its folder, whatever is asked', () => {
    const piece = fc.oneof(fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '', 'a.js', '~'), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const found = ask(`/${pieces.join('/')}`);
        return found === undefined || found.path.startsWith(`${folder}/`);
      }),
    );
  });
});

describe('what the built page answers', () => {
  let built: string;
  beforeAll(() => {
    built = mkdtempSync(join(tmpdir(), 'drover-page-'));
    mkdirSync(join(built, 'assets'));
    writeFileSync(join(built, 'index.html'), `<script nonce="${pageNoncePlaceholder}"></script>`);
    writeFileSync(join(built, 'assets', 'index-1.js'), 'start();');
  });
  afterAll(() => rmSync(built, { recursive: true, force: true }));

  it('is the page with a nonce of its own, which its policy lets in', async () => {
    const [first, second] = [await pageAnswer(built, '/'), await pageAnswer(built, '/')];
    const nonce = /nonce="([^"]+)"/.exec(String(first.body))?.[1];
    expect(first.status).toBe(200);
    expect(first.headers['Content-Security-Policy']).toContain(`'nonce-${nonce}'`);
    expect(first.headers['Cache-Control']).toBe('no-store');
    expect(second.body).not.toBe(first.body);
  });

  it('is an asset to be kept, byte by byte', async () => {
    const answer = await pageAnswer(built, '/assets/index-1.js');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'Cache-Control': expect.stringContaining('immutable') },
    });
    expect(Buffer.from(answer.body).toString()).toBe('start();');
  });

  it.each(['/assets/absent.js', '/..%2fpackage.json'])(
    'is a plain no to %s, under the same policy',
    async (path) => {
      const answer = await pageAnswer(built, path);
      expect(answer.status).toBe(404);
      expect(answer.headers['Content-Security-Policy']).toContain("default-src 'none'");
    },
  );
});
