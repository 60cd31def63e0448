import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page } from '@playwright/test';
import type { DroverClient } from '#shared/contract/client.ts';
import { ownerSocketOf } from '../../electron/backend/owner/owner.ts';
import { attach } from '../../electron/cli/attach.ts';
import { type OrdinaryUser, ordinaryUser } from './ordinaryUser.ts';
import type { PackedApp } from './packedApp.ts';
import { endWorlds } from './worldProcesses.ts';

export interface DesktopApp {
  readonly user: OrdinaryUser;
  /** Did not exist before. */
  readonly dataFolder: string;
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** The same start once more, by the same user, to its end. */
  startAgain(): Promise<{ readonly code: number | null; readonly said: string }>;
  close(): Promise<void>;
}

/** The packed app as an operator starts it: no root, Chromium's sandbox on, nothing known yet. */
export async function startDesktopApp(packed: PackedApp, more: readonly string[] = []): Promise<DesktopApp> {
  const user = await ordinaryUser();
  const dataFolder = join(user.home, 'drover');
  try {
    const program = await user.as(packed.program);
    const words = ['--data', dataFolder, '--disable-gpu', ...more];
    const electron = await _electron.launch({
      executablePath: program,
      args: words,
      env: { ...user.environment },
      chromiumSandbox: true,
    });
    return {
      user,
      dataFolder,
      electron,
      page: await electron.firstWindow(),
      async startAgain() {
        const again = spawn(program, words, {
          env: { ...user.environment },
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        let said = '';
        again.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
        const [code] = await once(again, 'close');
        return { code: typeof code === 'number' ? code : null, said };
      },
      async close() {
        await electron.close();
        await user.leave();
      },
    };
  } catch (error) {
    await user.leave();
    throw error;
  }
}

/**
 * What Playwright has an Electron of its own read first: the app is not ready until Playwright is. Without it Playwright
 * waits for ever where the page is shown in the very moment in which it connects: 6 of 65 starts beside five busy loops.
 */
const loader = join(
  dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'lib/server/electron/loader.js',
);

/** The app as npm start runs it, out of the checkout, by whoever runs the tests. */
export async function startFromCheckout(dataFolder: string): Promise<ElectronApplication> {
  const executablePath = process.env['DROVER_ELECTRON_PATH'];
  if (executablePath === undefined || executablePath === '') {
    throw new Error('npm test finds an Electron and names it in DROVER_ELECTRON_PATH');
  }
  const isRoot = process.getuid?.() === 0;
  return await _electron.launch({
    executablePath,
    args: ['-r', loader, resolve(import.meta.dirname, '../..'), '--data', dataFolder, '--disable-gpu'],
    chromiumSandbox: !isRoot,
    env: { ...process.env, ...(isRoot ? { ELECTRON_DISABLE_SANDBOX: '1' } : {}) },
  });
}

export interface DesktopWithClient {
  readonly page: Page;
  /** The same backend, as the command has it. */
  readonly client: DroverClient;
}

/** The app out of the checkout on a data folder of its own, which is gone afterwards, and a client to set its scene. */
export async function inDesktopApp(body: (app: DesktopWithClient) => Promise<void>): Promise<void> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'drover-desktop-'));
  const app = await startFromCheckout(dataFolder);
  try {
    const page = await app.firstWindow();
    await expect(page.getByRole('button', { name: 'Add a host' })).toBeVisible({ timeout: 60_000 });
    const attached = await attach(ownerSocketOf(dataFolder), dataFolder);
    try {
      await body({ page, client: attached.client });
    } finally {
      await attached.close();
    }
  } finally {
    await app.close();
    await endWorlds(dataFolder);
    await rm(dataFolder, { recursive: true, force: true });
  }
}

export interface Confinement {
  readonly pid: number;
  readonly uid: number;
  /** 2: a filter decides about every system call. */
  readonly seccomp: number;
  readonly noNewPrivileges: boolean;
}

/** What the kernel says of the processes that draw pages. */
export async function confinementOfPages(electron: ElectronApplication): Promise<readonly Confinement[]> {
  const pids = await electron.evaluate(({ app }) =>
    app
      .getAppMetrics()
      .filter((each) => each.type === 'Tab')
      .map((each) => each.pid),
  );
  return await Promise.all(pids.map(confinementOf));
}

async function confinementOf(pid: number): Promise<Confinement> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const figure = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    pid,
    uid: figure('Uid'),
    seccomp: figure('Seccomp'),
    noNewPrivileges: figure('NoNewPrivs') === 1,
  };
}
