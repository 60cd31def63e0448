import { expect } from '@playwright/test';
import { type Lab, whyNoLab } from '../lab/startLab.ts';
import { DroverCommand } from '../lab-tests/droverCommand.ts';
import { expectAccessible } from './accessibility.ts';
import { openBrowser } from './browser.ts';
import { confinementOfPages, startDesktopApp } from './desktopApp.ts';
import { firstMigration } from './firstMigration.ts';
import { test } from './packedApp.ts';
import { endsOf, startStage } from './stage.ts';

const vm = 'web-01';
const reason = await whyNoLab();

test.describe('from an empty data folder to a finished migration of a real VM', () => {
  test.skip(reason !== undefined, reason);
  test.setTimeout(300_000);
  let lab: Lab;

  test.beforeAll(async () => {
    lab = await startStage('e2e-lab');
  });

  test.afterAll(async () => {
    await lab?.down();
  });

  /** Drives it and asks the witnesses: virsh where the VM runs, a stream to the guest whether it lived on. */
  async function witnessed(drive: (ends: { from: string; to: string }) => Promise<void>): Promise<void> {
    const ends = await endsOf(lab, vm);
    const watched = await lab.watch(vm);
    await drive(ends);
    expect(await lab.places(vm)).toEqual([`${ends.to} running`]);
    expect(watched.stop()).toMatchObject({ connected: true, unbroken: true });
  }

  test('in the desktop app, by an ordinary user, sandboxed', async ({ packed }) => {
    const app = await startDesktopApp(packed);
    try {
      const keyFile = await app.user.give(lab.description().keyFile, 'id_lab');
      await witnessed((ends) => firstMigration({ page: app.page, lab, keyFile, vm, ...ends }));
      for (const one of await confinementOfPages(app.electron))
        expect(one).toMatchObject({ uid: app.user.uid, seccomp: 2 });
    } finally {
      await app.close();
    }
  });

  test('in Chromium with drover serve; every view passes axe in both themes', async () => {
    const drover = new DroverCommand();
    const served = await drover.serve();
    const { browser, page } = await openBrowser(served.address);
    try {
      const { keyFile } = lab.description();
      const look = (view: string) => expectAccessible(page, view);
      await witnessed((ends) => firstMigration({ page, lab, keyFile, vm, ...ends, look }));
    } finally {
      await browser.close();
      await drover.close();
    }
  });
});
