import { describe, expect, it } from 'vitest';
import { strike } from '../faults/faults.ts';
import { builtInScenario } from '../scenario/builtIn.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import { startedAt } from '../testing/testWorld.ts';
import { hostOf, plain, run, told, withTimeline, worldOf } from '../testing/timelineWorld.ts';

describe("a switch's uplink", () => {
  const base = builtInScenario('two-servers');
  const racks = (...entries: readonly (readonly [number, TimelineAction])[]): Scenario => ({
    ...withTimeline(...entries),
    switches: [
      { name: 'core', latencyMs: 0 },
      { name: 'rack', latencyMs: 0, uplink: { to: 'core', bitsPerSecond: 40e9 } },
    ],
    hosts: [
      ...base.hosts.map((host) => ({ ...host, switch: 'rack' })),
      ...base.hosts
        .slice(0, 1)
        .map((host) => ({ ...host, name: 'far', address: '10.90.0.13', switch: 'core' })),
    ],
    pools: base.pools.map((pool) => ({ ...pool, hosts: [...pool.hosts, 'far'] })),
  });

  it('that is cut takes its hosts from the workstation and from others, not from each other', () => {
    const world = worldOf(
      racks(
        [500, { kind: 'migrate-vm', vm: 'web-01', to: 'server-b', ...plain }],
        [1000, { kind: 'cut-switch', switch: 'rack' }],
        [2000, { kind: 'migrate-vm', vm: 'web-02', to: 'far', ...plain }],
        [15_000, { kind: 'mend-switch', switch: 'rack' }],
        [61_000, { kind: 'migrate-vm', vm: 'web-01', to: 'far', ...plain }],
      ),
    );
    run(world, 10_000);
    expect(world.host('server-a')?.silentSince).toBe(startedAt + 1000);
    expect(world.host('far')?.silentSince).toBeUndefined();
    // Its memory is through; the operator does not hear of it, and cannot tell its destination to start.
    expect(Object.values(world.state.transfers)[0]?.model.phase).toBe('handed-over');
    run(world, 20_000);
    expect(told(world).map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'migrate-vm web-01 begun',
      'cut-switch rack done',
      'migrate-vm web-02 refused server-b does not answer',
      'mend-switch rack done',
      'migrate-vm web-01 done',
    ]);
    expect(world.host('server-a')?.silentSince).toBeUndefined();
    run(world, 60_000);
    expect(hostOf(world, 'web-01')).toBe('far');
  });

  it('that is cut hides no cut of a link below it', () => {
    const world = worldOf(
      racks(
        [1000, { kind: 'migrate-vm', vm: 'database-01', to: 'server-b', ...plain }],
        [2000, { kind: 'cut-switch', switch: 'rack' }],
        [2500, { kind: 'cut-link', host: 'server-b' }],
        [6000, { kind: 'mend-link', host: 'server-b' }],
        [9000, { kind: 'mend-switch', switch: 'rack' }],
      ),
    );
    const transfer = () => Object.values(world.state.transfers)[0];
    run(world, 2400);
    expect(transfer()?.flows).toBe(true);
    run(world, 600);
    expect(transfer()).toMatchObject({ flows: false, stalledSince: startedAt + 2500 });
    run(world, 4000);
    expect(transfer()?.flows).toBe(true);
    run(world, 60_000);
    expect(hostOf(world, 'database-01')).toBe('server-b');
  });

  it('that is cut in the midst of a move lets it wait, and go on when it is mended', () => {
    const world = worldOf(
      racks(
        [1000, { kind: 'migrate-vm', vm: 'database-01', to: 'far', ...plain }],
        [3000, { kind: 'cut-switch', switch: 'rack' }],
        [20_000, { kind: 'mend-switch', switch: 'rack' }],
      ),
    );
    run(world, 120_000);
    expect(hostOf(world, 'database-01')).toBe('far');
    expect(world.state.happenings.at(-1)?.figures?.totalMs).toBeGreaterThan(17_000);
  });

  it('is named where it is asked for wrongly', () => {
    const world = worldOf(racks());
    expect(() => strike(world, { kind: 'cut-switch', switch: 'core' })).toThrow(
      /it has none of that name. Choose one of: rack/,
    );
    expect(() => strike(worldOf(base), { kind: 'cut-switch', switch: 'core' })).toThrow(
      /no switches with uplinks/,
    );
    strike(world, { kind: 'cut-switch', switch: 'rack' });
    expect(world.host('server-a')?.silentSince).toBe(startedAt);
  });
});
