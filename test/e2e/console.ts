import { expect, type Locator, type Page } from '@playwright/test';
import type { LabHost } from '../lab/startLab.ts';

/** What an operator does on the console's pages, in the desktop app and in a browser alike. */

export async function goTo(
  page: Page,
  place: 'Overview' | 'Hosts' | 'Virtual machines' | 'Migrations' | 'Activity',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: place }).click();
  await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible();
}

/** Fills in the open dialog and tries the host: leaves it at the question whether its key is to be trusted. */
export async function askForHost(
  page: Page,
  host: LabHost,
  { cluster, keyFile }: { readonly cluster: string; readonly keyFile: string },
): Promise<Locator> {
  const dialog = page.getByRole('dialog', { name: 'Add a host' });
  await dialog.getByLabel('Address').fill(`ssh://${host.user}@${host.address}:${host.sshPort}`);
  await dialog.getByLabel('Physical cluster').fill(cluster);
  await dialog.getByLabel('Private key file').fill(keyFile);
  await dialog.getByRole('button', { name: 'Add host' }).click();
  await expect(dialog.getByRole('region', { name: 'Host key' })).toBeVisible({ timeout: 30_000 });
  return dialog;
}

/** As an operator does who holds what the machine's own console printed beside what the dialog shows. */
export async function trustKey(page: Page, dialog: Locator, host: LabHost): Promise<void> {
  const question = dialog.getByRole('region', { name: 'Host key' });
  const shown = /SHA256:\S+/.exec((await question.textContent()) ?? '')?.[0];
  expect(host.hostKeys.map((key) => key.fingerprint)).toContain(shown?.slice(0, 'SHA256:'.length + 43));
  await dialog.getByRole('button', { name: 'Trust this key and connect' }).click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await expect(page.getByRole('complementary', { name: `Details of ${host.name}` })).toBeVisible();
}

/** The row of a table that is about one thing. */
export function rowOf(page: Page, table: string, name: string): Locator {
  return page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: name });
}

/** Waits until the row has shown figures with their units, and then other ones: it is live. */
export async function seeLive(row: Locator, figures: RegExp): Promise<void> {
  await expect(row).toContainText(figures, { timeout: 45_000 });
  const first = (await row.textContent()) ?? '';
  await expect(row).not.toHaveText(first, { timeout: 45_000 });
  await expect(row).toContainText(figures);
}

/** Terms and what stands beside them, of a description list. */
export async function figuresOf(section: Locator): Promise<ReadonlyMap<string, string>> {
  const terms = await section.locator('dt').allTextContents();
  const said = await section.locator('dd').allTextContents();
  return new Map(terms.map((term, place) => [term, said[place] ?? '']));
}
