import { afterAll, beforeAll, describe } from 'vitest';
import { consolesSuite } from './consoles.ts';
import { domainsSuite } from './domains.ts';
import { enduranceSuite } from './endurance.ts';
import { migrationSuite } from './migration.ts';
import type { OpenStage, Stage } from './stage.ts';
import { storageSuite } from './storage.ts';
import { telemetrySuite } from './telemetry.ts';

/** Every promise of the driver interfaces, the same for every driver; a difference is a fault of one of them. */
export function conformance(what: string, unavailable: string | undefined, openStage: OpenStage): void {
  const title = `${what} keeps the promises of the driver interfaces`;
  describe.skipIf(unavailable !== undefined)(title, { timeout: 180_000 }, () => {
    let stage: Stage | undefined;
    const open = (): Stage => {
      if (stage === undefined) throw new Error('the stage is not open');
      return stage;
    };
    beforeAll(async () => {
      stage = await openStage();
    }, 120_000);
    afterAll(async () => {
      await stage?.close();
    }, 120_000);
    storageSuite(open);
    telemetrySuite(open);
    domainsSuite(open);
    consolesSuite(open);
    migrationSuite(open);
    enduranceSuite(open);
  });
}
