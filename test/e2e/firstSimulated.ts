import { expect, type Page } from '@playwright/test';
import { figuresOf } from './console.ts';

export type SimulatedView =
  | 'first start'
  | 'simulated overview'
  | 'simulated migrate'
  | 'simulated under way'
  | 'simulated finished';

export type Look = (view: SimulatedView) => Promise<void>;

export const cluster = 'Two servers';
const vm = 'cache-01';

/** From a console that knows nothing to a simulated live migration that was watched to its end. */
export async function firstSimulatedMigration(page: Page, look?: Look): Promise<void> {
  await expect(page.getByRole('button', { name: 'Add a host' })).toBeVisible({ timeout: 30_000 });
  await look?.('first start');
  await page.getByRole('button', { name: 'Try a simulated cluster' }).click();

  const suggestion = page.getByRole('button', { name: `Move ${vm} to server-b and watch it` });
  await expect(suggestion).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Nothing is wrong: 2 hosts and 6 active VMs.')).toBeVisible();
  await look?.('simulated overview');
  await suggestion.click();

  const dialog = page.getByRole('dialog', { name: `Migrate ${vm}` });
  await expect(dialog.getByRole('radio', { name: 'server-b' })).toBeChecked();
  const order = dialog.getByRole('button', { name: `Migrate ${vm} to server-b` });
  await expect(order).toBeEnabled({ timeout: 60_000 });
  await look?.('simulated migrate');
  await order.click();

  const picture = page.getByRole('img', { name: /^The six steps:/ });
  await expect(picture).toHaveAccessibleName(/2 Pre-copy now.*[2-9] rounds of copying memory$/, {
    timeout: 60_000,
  });
  await look?.('simulated under way');
  await expect(picture).toHaveAccessibleName(/5 Activate done in [\d.]+ m?s; \d+ rounds of copying memory$/, {
    timeout: 180_000,
  });
  await expect(page.getByText(`${vm} moved from server-a to server-b.`).first()).toBeVisible();
  const figures = await figuresOf(page.getByRole('region', { name: 'Result' }));
  expect(figures.get('Downtime')).toMatch(/^[\d.]+ m?s$/);
  expect(figures.get('Memory sent')).toMatch(/^[\d.]+ GiB$/);
  await look?.('simulated finished');
}
