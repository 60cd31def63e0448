import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type BrowserServer, startBrowserServer } from './server.ts';
import { addressLifetimeMs } from './signIn.ts';

let pageFolder: string;
let server: BrowserServer;
let accepted: number;
let now: number;

beforeEach(async () => {
  pageFolder = mkdtempSync(join(tmpdir(), 'drover-page-'));
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>Drover</title>');
  accepted = 0;
  now = 0;
  server = await startBrowserServer({
    port: 0,
    pageFolder,
    accept: (socket) => {
      accepted += 1;
      socket.close();
    },
    now: () => now,
  });
});

afterEach(async () => {
  await server.close();
  rmSync(pageFolder, { recursive: true, force: true });
});

type Headers = Readonly<Record<string, string>>;

/** Real HTTP on loopback, with whatever Host: what `fetch` would not send. */
async function ask(path: string, headers: Headers = {}, method = 'GET'): Promise<IncomingMessage> {
  const asked = request({ host: '127.0.0.1', port: server.port, path, method, headers });
  asked.end();
  const [response] = await once(asked, 'response');
  response.resume();
  return response;
}

async function signedIn(): Promise<string> {
  const { pathname, search } = new URL(server.newAddress());
  const response = await ask(`${pathname}${search}`);
  expect(response.statusCode).toBe(303);
  const [cookie = ''] = response.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^drover-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  return cookie.split(';')[0] ?? '';
}

/** 101 where the WebSocket was let in; what was answered otherwise. */
async function upgrade(headers: Headers, path = '/rpc'): Promise<number | undefined> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers: { ...headers } });
  return await new Promise((resolve, reject) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode);
    });
    socket.once('error', reject);
  });
}

const own = () => `127.0.0.1:${server.port}`;

describe('a page of the browser mode', () => {
  it('is given to who is signed in, under each name of the loopback', async () => {
    const cookie = await signedIn();
    for (const host of [own(), `localhost:${server.port}`, `[::1]:${server.port}`])
      expect((await ask('/', { cookie, host })).statusCode).toBe(200);
  });

  it.each([
    ['a name that was made to resolve to this machine', () => 'evil.example'],
    ['that name with the right port', () => `evil.example:${server.port}`],
    ['the right name with another port', () => '127.0.0.1:1'],
    ['the right name without a port', () => '127.0.0.1'],
    ['a longer name that ends like ours', () => `x.localhost:${server.port}`],
  ])('is refused under %s, even with the cookie', async (_what, host) => {
    const cookie = await signedIn();
    for (const path of ['/', '/sign-in?token=x', '/assets/none.js'])
      expect((await ask(path, { cookie, host: host() })).statusCode).toBe(403);
    expect(await upgrade({ cookie, host: host(), origin: `http://${host()}` })).toBe(403);
    expect(accepted).toBe(0);
  });

  it.each([
    ['no cookie', () => ({})],
    ['a guessed one', () => ({ cookie: `drover-${server.port}=guess` })],
    ['one of another port', (cookie: string) => ({ cookie: cookie.replace(/^drover-\d+/, 'drover-1') })],
    ['half of the right one', (cookie: string) => ({ cookie: cookie.slice(0, -10) })],
  ])('is refused with %s', async (_what, headers) => {
    const cookie = await signedIn();
    const response = await ask('/', headers(cookie));
    expect(response.statusCode).toBe(401);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('allows no other page to read it', async () => {
    const cookie = await signedIn();
    const response = await ask('/', { cookie, origin: 'http://evil.example' });
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
    expect((await ask('/', { cookie, origin: 'http://evil.example' }, 'OPTIONS')).statusCode).toBe(405);
  });

  it('opens once by its address, and not when that is old', async () => {
    const { pathname, search } = new URL(server.newAddress());
    now = addressLifetimeMs;
    expect((await ask(`${pathname}${search}`)).statusCode).toBe(401);
    const fresh = new URL(server.newAddress());
    expect((await ask(`${fresh.pathname}${fresh.search}`)).statusCode).toBe(303);
    expect((await ask(`${fresh.pathname}${fresh.search}`)).statusCode).toBe(401);
  });
});

describe('/rpc of the browser mode', () => {
  it("lets the server's own page in, under the name that it was opened by", async () => {
    const cookie = await signedIn();
    expect(await upgrade({ cookie, origin: `http://${own()}` })).toBe(101);
    const host = `localhost:${server.port}`;
    expect(await upgrade({ cookie, host, origin: `http://${host}` })).toBe(101);
    expect(accepted).toBe(2);
  });

  it.each([
    ['no Origin', () => undefined],
    ['another site', () => 'http://evil.example'],
    ['a page of another port of this machine', () => 'http://127.0.0.1:1'],
    ['another name of this machine than the one asked', () => `http://localhost:${server.port}`],
    ['another scheme', () => `https://${own()}`],
    ['a file or a sandboxed frame', () => 'null'],
    ['an Origin that begins like ours', () => `http://${own()}.evil.example`],
  ])('refuses %s, even with the cookie', async (_what, origin) => {
    const cookie = await signedIn();
    const sent = origin();
    expect(await upgrade({ cookie, ...(sent === undefined ? {} : { origin: sent }) })).toBe(403);
    expect(accepted).toBe(0);
  });

  it.each([
    ['no cookie', () => ({})],
    ['a guessed one', () => ({ cookie: `drover-${server.port}=guess` })],
    [
      'a token instead of it',
      () => ({ cookie: `drover-${server.port}=${server.newAddress().split('=')[1]}` }),
    ],
  ])('refuses its own page with %s', async (_what, headers) => {
    await signedIn();
    expect(await upgrade({ ...headers(), origin: `http://${own()}` })).toBe(401);
    expect(accepted).toBe(0);
  });

  it('takes a WebSocket nowhere else', async () => {
    const cookie = await signedIn();
    for (const path of ['/', '/rpc/', '/rpc?x=1', '/sign-in'])
      expect(await upgrade({ cookie, origin: `http://${own()}` }, path)).toBe(404);
  });
});

it('listens on the loopback alone', async () => {
  const outside = request({ host: '127.0.0.2', port: server.port });
  outside.end();
  const [error] = await once(outside, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});
