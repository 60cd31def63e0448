import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect } from '@playwright/test';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { type DesktopApp, startDesktopApp } from './desktopApp.ts';
import { pack, test } from './packedApp.ts';

const noLab = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());

test.describe('the page of the desktop app', () => {
  let app: DesktopApp;

  test.beforeAll(async ({ packed }) => {
    test.setTimeout(180_000);
    app = await startDesktopApp(packed);
    await expect(app.page.getByRole('button', { name: 'Add a host' })).toBeVisible({ timeout: 30_000 });
  });
  test.afterAll(async () => {
    await app?.close();
  });

  test('opens no window, nor a frame of another site', async () => {
    const { page, electron } = app;
    for (const address of ['https://example.invalid/', 'about:blank', page.url()])
      expect(await page.evaluate(`window.open(${JSON.stringify(address)}) === null`)).toBe(true);
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://example.invalid/' }))",
    );
    expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(page.frames().filter((frame) => frame.url().startsWith('https:'))).toEqual([]);
    await page.evaluate("document.querySelector('iframe')?.remove()");
  });

  test('is given no permission', async () => {
    const { page } = app;
    for (const name of ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read'])
      expect(
        await page.evaluate(`navigator.permissions.query({ name: '${name}' }).then((it) => it.state)`),
      ).toBe('denied');
    expect(await page.evaluate('Notification.requestPermission()')).toBe('denied');
    const media = 'navigator.mediaDevices.getUserMedia({ audio: true })';
    expect(await page.evaluate(`${media}.then(() => 'given', (error) => error.name)`)).not.toBe('given');
  });

  test('comes to the front when Drover is started a second time, which then ends', async () => {
    const { electron } = app;
    // A display without a window manager has no front; what the app asks for is seen all the same.
    await electron.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      if (window === undefined) throw new Error('there is no window');
      const focus = window.focus.bind(window);
      window.focus = () => {
        Reflect.set(globalThis, 'cameToFront', true);
        focus();
      };
    });
    const { code, said } = await app.startAgain();
    expect(code).toBe(0);
    expect(said).toContain(`Drover is open already for ${app.dataFolder}; its window comes to the front.`);
    await expect.poll(() => electron.evaluate(() => Reflect.get(globalThis, 'cameToFront'))).toBe(true);
    expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    await expect(app.page.getByRole('status', { name: 'Connection to Drover: Live' })).toBeVisible();
  });

  for (const address of [
    'https://example.invalid/',
    'http://127.0.0.1:1/',
    'file:///etc/passwd',
    'app://other/',
  ]) {
    test(`cannot go to ${address}`, async () => {
      const { page, electron } = app;
      const before = page.url();
      const prevented = electron.evaluate(
        ({ webContents }) =>
          new Promise<boolean>((resolve) => {
            // After the app's own listeners, which came first.
            webContents
              .getAllWebContents()[0]
              ?.once('will-navigate', (event) => resolve(event.defaultPrevented));
            // What Chromium itself refuses (a file) is never asked about.
            setTimeout(() => resolve(true), 3_000);
          }),
      );
      await page.evaluate(`location.href = ${JSON.stringify(address)}`);
      expect(await prevented).toBe(true);
      expect(page.url()).toBe(before);
      // Playwright takes the page for one on its way from here on, so it is asked by itself.
      expect(await page.evaluate("document.querySelector('#root').textContent")).toContain('Add a host');
    });
  }
});

test.describe('a password in the desktop app', () => {
  test.skip(noLab !== undefined, noLab);
  let lab: Lab;

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    lab = await startLab({ name: 'e2e-basic-text', hosts: 1 });
  });
  test.afterAll(async () => {
    await lab?.down();
  });

  test('is kept nowhere where the key store would keep it in plain text', async ({ packed }) => {
    test.setTimeout(180_000);
    const { user, password } = lab.description().users.operator;
    const app = await startDesktopApp(packed, ['--password-store=basic']);
    try {
      const { page, electron } = app;
      expect(await electron.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend())).toBe(
        'basic_text',
      );
      await page.getByRole('button', { name: 'Add a host' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add a host' });
      await dialog.getByLabel('Address').fill(`ssh://${user}@${lab.host('host-a').address}`);
      await dialog.getByRole('button', { name: 'Add host' }).click();
      await dialog.getByRole('button', { name: 'Trust this key and connect' }).click();
      await dialog.getByLabel('Password').fill(password);
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(dialog).toBeHidden({ timeout: 30_000 });
      await expect(page.getByText(/^Connected since/)).toBeVisible();
      await expectNowhere(app.dataFolder, password);
    } finally {
      await app.electron.close();
      await expectNowhere(app.dataFolder, password);
      await app.close();
    }
  });
});

/** Neither as it is, nor encoded, in whatever Drover or Chromium wrote; and no shelf of ciphertext was begun. */
async function expectNowhere(folder: string, secret: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(3);
  expect(files.map((file) => file.name)).not.toContain('secrets.json');
  const forms = [
    Buffer.from(secret),
    Buffer.from(secret, 'utf16le'),
    Buffer.from(Buffer.from(secret).toString('base64')),
  ];
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    // Chromium makes and removes files of its own meanwhile.
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    for (const form of forms) expect(content.includes(form), path).toBe(false);
  }
}

test('an installed Drover has every fuse of Electron that it does not use off', async () => {
  test.setTimeout(240_000);
  const output = await mkdtemp(join(tmpdir(), 'drover-release-'));
  try {
    const { program } = await pack(output, '--release');
    const wire = await getCurrentFuseWire(program);
    const fuse = (option: FuseV1Options) => wire[option];
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    const on = [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseV1Options.OnlyLoadAppFromAsar];
    expect(off.map(fuse)).toEqual(off.map(() => '0'.codePointAt(0)));
    expect(on.map(fuse)).toEqual(on.map(() => '1'.codePointAt(0)));
  } finally {
    await rm(output, { recursive: true, force: true });
  }
});
