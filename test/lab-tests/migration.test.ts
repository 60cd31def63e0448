import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { type Drover, startDrover } from './drover.ts';

const noLab = await whyNoLab();

describe.skipIf(noLab !== undefined)('a real live migration', () => {
  let lab: Lab;
  let drover: Drover;

  beforeAll(async () => {
    lab = await startLab({ name: 'migration', hosts: 2, guests: 1 });
    drover = await startDrover(lab);
  });

  afterAll(async () => {
    await drover?.stop();
    await lab?.down();
  });

  it('moves a running VM to and fro; virsh finds it at the destination only, its TCP stream unbroken', async () => {
    const [guest] = lab.description().guests;
    const name = guest?.name ?? '';
    const first = guest?.host ?? '';
    const other = first === 'host-a' ? 'host-b' : 'host-a';
    const seen = await lab.watch(name);
    for (const [from, to] of [
      [first, other],
      [other, first],
    ] as const) {
      const task = await drover.migrate(name, to);
      expect(task).toMatchObject({ state: 'succeeded', outcome: `${name} moved from ${from} to ${to}.` });
      expect(task.migration?.steps.map((step) => step.step)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(task.migration?.memoryBytes).toBeGreaterThan(1_048_576);
      expect(task.migration?.rounds).toBeGreaterThanOrEqual(1);
      expect(await lab.sightings(name)).toEqual([{ host: to, state: 'running' }]);
    }
    const { unbroken, lines } = seen.stop();
    expect(unbroken).toBe(true);
    expect(lines).toBeGreaterThan(10);
  });

  it('refuses a VM onto its own host, with the reason', async () => {
    const [guest] = lab.description().guests;
    const refusal = await drover
      .migrate(guest?.name ?? '', guest?.host ?? '')
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ data: { code: 'same-host' } });
  });
});
