import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Browser, chromium, type Page } from '@playwright/test';
import type { PackedApp } from '../../e2e/packedApp.ts';
import type { FleetStage } from './fleetStage.ts';

const startPatienceMs = 60_000;
/** A page that draws without a rest answers late. */
const lookPatienceMs = 180_000;
const endPatienceMs = 20_000;
const windowSize = { width: 1440, height: 900 } as const;

/** The packed app, started as an operator starts it; Chromium's own debugging port is the one thing added. */
export interface MeasuredApp {
  /** When its program was started, milliseconds since 1970. */
  readonly startedAt: number;
  readonly pid: number;
  /** Not before this is called does anybody talk to the app, so that a start is measured as it is. */
  look(): Promise<Page>;
  close(): Promise<void>;
}

export async function startMeasuredApp(
  packed: PackedApp,
  stage: Pick<FleetStage, 'user' | 'dataFolder'>,
): Promise<MeasuredApp> {
  const program = await stage.user.as(packed.program);
  const startedAt = performance.timeOrigin + performance.now();
  const child = spawn(program, ['--data', stage.dataFolder, '--disable-gpu', '--remote-debugging-port=0'], {
    env: { ...stage.user.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  const address = addressOf(child);
  let browser: Browser | undefined;
  return {
    startedAt,
    pid,
    async look() {
      browser = await chromium.connectOverCDP(await address, { timeout: lookPatienceMs });
      const page = browser.contexts().flatMap((context) => context.pages())[0];
      if (page === undefined) throw new Error('the app has no window');
      await page.setViewportSize(windowSize);
      return page;
    },
    async close() {
      const ended = once(child, 'exit');
      const last = setTimeout(() => child.kill('SIGKILL'), endPatienceMs);
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
      clearTimeout(last);
      await browser?.close().catch(() => undefined);
    },
  };
}

/** Chromium says on standard error where it listens. */
async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  return await new Promise<string>((resolve, reject) => {
    const last = setTimeout(() => reject(new Error(`the app does not start: ${said}`)), startPatienceMs);
    child.once('exit', (code) => reject(new Error(`the app ended with ${code}: ${said}`)));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;

      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(last);
      resolve(found);
    });
  });
}
