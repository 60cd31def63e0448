import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DroverClient } from '#shared/contract/client.ts';
import { wallClock } from '../../electron/backend/clock/clock.ts';
import {
  SimulatedConsole,
  untilConnected,
} from '../../electron/backend/simulation/testing/simulatedConsole.ts';
import { connectWorld, type OpenWorld } from '../../electron/backend/simulation/worldConnection.ts';
import { listDomains, openSession } from '../../world/testing/askHost.ts';
import { type Stand, walk } from './walk.ts';

const isLong = process.env['DROVER_LONG'] !== undefined;
const host = 'server-a';
const guest = 'web-01';
const rate = 60;
/** Longer than this guest boots, in its cluster's time. */
const bootsWithinMs = 15_000;

describe("a VM's life on a simulated host", () => {
  const drover = new SimulatedConsole();
  let client: DroverClient;
  let witness: OpenWorld;

  beforeAll(async () => {
    client = await drover.start();
    const { id: clusterId } = await client.clusters.addSimulated({ scenario: 'two-servers' });
    await client.clusters.setClock({ clusterId, rate });
    await untilConnected(client);
    const { socketPath } = drover.world();
    witness = await connectWorld({ socketPath, console: 'witness', wall: wallClock });
  }, 120_000);
  afterAll(async () => {
    witness?.close();
    await drover.end();
  }, 120_000);

  it('a thousand random steps, legal and not, each end as promised', async () => {
    const session = await openSession(witness.client, host);
    const told = await walk({
      client,
      vmName: guest,
      walks: 10,
      stepsEach: 100,
      seed: isLong ? Date.now() % 2_147_483_647 : 20_261_125,
      async hears() {
        await witness.client.clock.set({ paused: true });
        await witness.client.clock.step({ milliseconds: bootsWithinMs });
        await witness.client.clock.set({ paused: false });
      },
      lookEveryMs: 3,
      async witness() {
        const domains = await listDomains(witness.client, session);
        return domains.find(({ name }) => name === guest)?.state as Stand;
      },
    });
    expect(told.legal + told.refused).toBe(1000);
    expect(told.legal).toBeGreaterThan(200);
  }, 600_000);
});
