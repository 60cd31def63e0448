import { afterAll, beforeAll, describe } from 'vitest';
import { domainsSuite } from './domains.ts';
import { enduranceSuite } from './endurance.ts';
import { migrationSuite } from './migration.ts';
import type { OpenStage, Stage } from './stage.ts';
import { storageSuite } from './storage.ts';
import { telemetrySuite } from './telemetry.ts';

/** Every promise of the driver interfaces, the same for every driver; a difference is a fault of one of them. */
export function conformance(what: string, unavailable: string | undefined, openStage: OpenStage): void {
  describe.skipIf(unavailable !== undefined)(`${what} keeps the promises of the driver interfaces`, () => {
    let stage: Stage | undefined;
    const open = (): Stage => {
      if (stage === undefined) throw new Error('the stage is not open');
      return stage;
    };
    beforeAll(async () => {
      stage = await openStage();
    });
    afterAll(async () => {
      await stage?.close();
    });
    storageSuite(open);
    telemetrySuite(open);
    domainsSuite(open);
    migrationSuite(open);
    enduranceSuite(open);
  });
}
