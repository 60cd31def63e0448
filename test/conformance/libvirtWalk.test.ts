import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { MigrationStage } from '../lab-tests/migrationStage.ts';
import { walk } from './walk.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const isLong = process.env['DROVER_LONG'] !== undefined;
const guest = 'walker';
const words = { running: 'active', paused: 'paused', 'shut off': 'inactive' } as const;

describe.skipIf(reason !== undefined)("a VM's life on a real host", () => {
  let lab: Lab;
  let stage: MigrationStage;

  beforeAll(async () => {
    lab = await startLab({ name: 'walk-lab', hosts: 2, guests: [{ name: guest, host: 'host-a' }] });
    stage = await MigrationStage.open(lab);
  });
  afterAll(async () => {
    await stage?.close();
    await lab?.down();
  });

  it('a hundred random steps, legal and not, each end as promised', async () => {
    const told = await walk({
      client: stage.client,
      vmName: guest,
      walks: 2,
      stepsEach: 50,
      seed: isLong ? Date.now() % 2_147_483_647 : 20_261_125,
      hears: async () => {
        await stage.until('the guest to answer', () => lab.ask(guest, 300));
      },
      witness: async () => {
        const state = (await lab.virsh('host-a', ['domstate', guest])).trim();
        const isSaved = (await lab.virsh('host-a', ['dominfo', guest])).match(/Managed save:\s+yes/) !== null;
        return isSaved ? 'suspended' : words[state as keyof typeof words];
      },
    });
    expect(told.legal + told.refused).toBe(100);
  }, 600_000);
});
