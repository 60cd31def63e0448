import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, type Page } from '@playwright/test';

/** What the page counts: every press of a pointer's button, the right one too, and no key. */
const count =
  'globalThis.clicks === undefined && addEventListener("pointerdown", (event) => { if (event.isTrusted) clicks += 1; }, true); globalThis.clicks = 0';

/**
 * Does a job that an operator has, and counts the clicks that it takes. docs/console.md has them beside those of other
 * programs: no more are allowed, and fewer are to be written down there.
 */
export async function inClicks(page: Page, job: string, body: () => Promise<void>): Promise<void> {
  await page.evaluate(count);
  await body();
  const clicks = Number(await page.evaluate('clicks'));
  console.log(`${job}: ${clicks} clicks.`);
  expect(clicks, `clicks in docs/console.md: ${job}`).toBe(documented(job));
}

function documented(job: string): number {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/console.md'), 'utf8');
  const row = page.split('\n').find((line) => line.startsWith(`| ${job} `));
  const [, , clicks] = row?.split('|') ?? [];
  if (clicks === undefined) throw new Error(`docs/console.md has no row "${job}" in its table of clicks`);
  return Number.parseInt(clicks, 10);
}
