import { describe, expect, it } from 'vitest';
import { strike } from '../faults/faults.ts';
import { startSimulation } from '../simulation.ts';
import { readState, stateText } from '../state/readState.ts';
import type { World } from '../state/world.ts';
import { startedAt } from '../testing/testWorld.ts';
import { hostOf, plain, run, told, withTimeline, worldOf } from '../testing/timelineWorld.ts';

describe("a scenario's timeline", () => {
  it('happens when it is due, in its order, and notes what came of it', () => {
    const world = worldOf(
      withTimeline(
        [1000, { kind: 'hang-vm', vm: 'web-01' }],
        [2000, { kind: 'crash-vm', vm: 'web-02' }],
        [2000, { kind: 'start-vm', vm: 'web-02' }],
        [3000, { kind: 'unhang-vm', vm: 'web-01' }],
        [4000, { kind: 'slow-link', host: 'server-a', rateBitsPerSecond: 1e9 }],
        [5000, { kind: 'power-off', host: 'server-b' }],
        [65_000, { kind: 'power-on', host: 'server-b' }],
      ),
    );
    run(world, 900);
    expect(told(world)).toEqual([]);
    run(world, 10_000);
    expect(told(world)).toEqual([
      '1 hang-vm web-01 done',
      '2 crash-vm web-02 done',
      '2.35 start-vm web-02 done',
      '3 unhang-vm web-01 done',
      '4 slow-link server-a done',
      '5 power-off server-b done',
    ]);
    expect(world.host('server-b')?.power).toBe('off');
    run(world, 120_000);
    expect(world.host('server-b')?.power).toBe('on');
    // What starts with its host does.
    expect(hostOf(world, 'web-02')).toBe('server-b');
    expect(hostOf(world, 'desktop-01')).toBeUndefined();
  });

  it('notes what cannot be done, with its reason, and goes on', () => {
    const world = worldOf(
      withTimeline(
        [1000, { kind: 'power-off', host: 'server-b' }],
        [2000, { kind: 'crash-vm', vm: 'web-02' }],
        [3000, { kind: 'start-vm', vm: 'web-02' }],
        [4000, { kind: 'migrate-vm', vm: 'web-01', to: 'server-b', ...plain }],
        [5000, { kind: 'migrate-vm', vm: 'web-01', to: 'server-a', ...plain }],
        [6000, { kind: 'start-vm', vm: 'web-01' }],
        [7000, { kind: 'evacuate', host: 'server-b', atOnce: 1, ...plain }],
        [8000, { kind: 'stop-vm', vm: 'web-01' }],
      ),
    );
    run(world, 60_000);
    expect(told(world)).toEqual([
      '1 power-off server-b done',
      '2 crash-vm web-02 refused web-02 does not run',
      '3 start-vm web-02 refused server-b does not answer',
      '4 migrate-vm web-01 refused server-b does not answer',
      '5 migrate-vm web-01 refused web-01 is on server-a already',
      '6 start-vm web-01 failed Requested operation is not valid: domain is already running',
      '7 evacuate server-b refused server-b does not answer',
      '8 stop-vm web-01 done',
      '12 vm-off web-01 done',
    ]);
    expect(hostOf(world, 'web-01')).toBeUndefined();
  });
});

describe("the operator's migrations", () => {
  it('go through the phases of any other, and tell their figures', () => {
    const world = worldOf(
      withTimeline([1000, { kind: 'migrate-vm', vm: 'web-01', to: 'server-b', ...plain }]),
    );
    run(world, 60_000);
    expect(hostOf(world, 'web-01')).toBe('server-b');
    expect(world.host('server-a')?.domains[world.uuidOf('web-01')]).toBeUndefined();
    expect(world.state.moves).toEqual({});
    expect(world.state.transfers).toEqual({});
    const [begun, moved, ...others] = world.state.happenings;
    const whole = { kind: 'migrate-vm', object: 'web-01', host: 'server-a', to: 'server-b' };
    expect(begun).toEqual({ ...whole, at: startedAt + 1000, outcome: 'begun' });
    expect(moved).toMatchObject({ ...whole, outcome: 'done' });
    expect(others).toEqual([]);
    const { totalMs = 0, downtimeMs = 0, memoryBytes = 0, rounds = 0 } = moved?.figures ?? {};
    expect(totalMs).toBeGreaterThan(1000);
    expect(downtimeMs).toBeGreaterThan(10);
    expect(downtimeMs).toBeLessThan(1000);
    expect(memoryBytes).toBeGreaterThan(1e9);
    expect(rounds).toBeGreaterThan(1);
  });

  it('take disks of one host along, and leave none where they fail', () => {
    const move = { kind: 'migrate-vm', vm: 'batch-01', to: 'server-a', ...plain } as const;
    const without = worldOf(withTimeline([1000, move]));
    run(without, 60_000);
    expect(told(without)).toEqual([
      '1 migrate-vm batch-01 refused Unsafe migration: Migration without shared storage is unsafe',
    ]);
    const world = worldOf(withTimeline([1000, { ...move, copyStorage: true }]));
    run(world, 120_000);
    expect(hostOf(world, 'batch-01')).toBe('server-a');
    const cut = worldOf(
      withTimeline([1000, { ...move, copyStorage: true }], [2000, { kind: 'power-off', host: 'server-a' }]),
    );
    run(cut, 3_600_000);
    expect(cut.state.happenings.at(-1)).toMatchObject({ kind: 'migrate-vm', outcome: 'failed' });
    expect(hostOf(cut, 'batch-01')).toBe('server-b');
    expect(Object.keys(cut.state.stores['local@server-a']?.files ?? {})).toEqual([]);
    expect(cut.state.moves).toEqual({});
  });

  it('switch to post-copy after the first pass where they may', () => {
    const world = worldOf(
      withTimeline(
        [0, { kind: 'slow-link', host: 'server-a', rateBitsPerSecond: 1e9 }],
        [1000, { kind: 'migrate-vm', vm: 'cache-01', to: 'server-b', ...plain, postCopy: true }],
      ),
    );
    run(world, 600_000);
    expect(world.state.happenings.at(-1)).toMatchObject({
      kind: 'migrate-vm',
      object: 'cache-01',
      outcome: 'done',
    });
    const never = worldOf(
      withTimeline(
        [0, { kind: 'slow-link', host: 'server-a', rateBitsPerSecond: 1e9 }],
        [1000, { kind: 'migrate-vm', vm: 'cache-01', to: 'server-b', ...plain }],
      ),
    );
    run(never, 600_000);
    expect(Object.values(never.state.moves)).toHaveLength(1);
  });

  it('empty a host, so many at once, each to where there is room', () => {
    const world = worldOf(withTimeline([1000, { kind: 'evacuate', host: 'server-a', atOnce: 2, ...plain }]));
    run(world, 1000);
    expect(Object.values(world.state.moves)).toHaveLength(2);
    run(world, 300_000);
    expect(
      told(world)
        .map((line) => line.split(' ').slice(1, 4).join(' '))
        .sort(),
    ).toEqual([
      'evacuate server-a begun',
      'evacuate server-a done',
      'migrate-vm cache-01 begun',
      'migrate-vm cache-01 done',
      'migrate-vm database-01 begun',
      'migrate-vm database-01 done',
      'migrate-vm web-01 begun',
      'migrate-vm web-01 done',
    ]);
    expect(Object.keys(world.host('server-a')?.domains ?? {})).toEqual([]);
  });

  it('take those along that were on their way to a host when it began to be emptied', () => {
    const world = worldOf(
      withTimeline(
        [1000, { kind: 'migrate-vm', vm: 'database-01', to: 'server-b', ...plain }],
        [2000, { kind: 'evacuate', host: 'server-b', atOnce: 1, ...plain, copyStorage: true }],
      ),
    );
    run(world, 300_000);
    expect(told(world).at(-1)).toMatch(/evacuate server-b done$/);
    expect(hostOf(world, 'database-01')).toBe('server-a');
    expect(Object.keys(world.host('server-b')?.domains ?? {})).toEqual([]);
  });

  it('say which VMs are left and why', () => {
    const world = worldOf(withTimeline([1000, { kind: 'evacuate', host: 'server-b', atOnce: 4, ...plain }]));
    run(world, 300_000);
    expect(told(world)).toContainEqual(
      expect.stringMatching(/migrate-vm batch-01 refused no other host has room for it and sees its disks/),
    );
    expect(told(world).at(-1)).toMatch(/evacuate server-b failed 1 of its VMs still run there/);
  });
});

describe("the operator's connections", () => {
  const move = { kind: 'migrate-vm', vm: 'database-01', to: 'server-b', ...plain } as const;
  const outcomes = (world: World) =>
    told(world).flatMap((line) => (/migrate-vm/.test(line) ? [line.split(' ').slice(1, 4).join(' ')] : []));

  it('break where libvirt restarts: the move is called off, and the VM goes on where it was', () => {
    for (const host of ['server-a', 'server-b']) {
      const world = worldOf(withTimeline([1000, move], [2000, { kind: 'restart-libvirt', host }]));
      run(world, 120_000);
      expect(outcomes(world)).toEqual(['migrate-vm database-01 begun', 'migrate-vm database-01 failed']);
      expect(world.state.moves).toEqual({});
      expect(world.state.transfers).toEqual({});
      const [source, destination] = ['server-a', 'server-b'].map(
        (name) => world.host(name)?.domains[world.uuidOf('database-01')],
      );
      expect(source?.instance).toMatchObject({ state: 'active' });
      expect(destination).toBeUndefined();
    }
  });

  it('are given up after 25 s of silence, and what was left is put in order later', () => {
    const world = worldOf(
      withTimeline(
        [1000, move],
        [2000, { kind: 'cut-link', host: 'server-a' }],
        [60_000, { kind: 'mend-link', host: 'server-a' }],
      ),
    );
    run(world, 26_900);
    expect(Object.values(world.state.moves)).toHaveLength(1);
    run(world, 200);
    expect(world.state.moves).toEqual({});
    run(world, 200_000);
    expect(outcomes(world)).toEqual(['migrate-vm database-01 begun', 'migrate-vm database-01 failed']);
    expect(hostOf(world, 'database-01')).toBe('server-a');
    expect(world.host('server-b')?.domains[world.uuidOf('database-01')]).toBeUndefined();
  });

  it('lost before the last word, leave an original that is taken away when its host answers', () => {
    const world = worldOf(withTimeline([1000, move], [60_000, { kind: 'mend-link', host: 'server-a' }]));
    const phase = () => Object.values(world.state.transfers)[0]?.model.phase;
    while (phase() !== 'handed-over') world.runTo(world.nextAt() ?? 0);
    strike(world, { kind: 'cut-link', host: 'server-a' });
    run(world, 40_000);
    const at = (name: string) => world.host(name)?.domains[world.uuidOf('database-01')]?.instance?.state;
    expect([at('server-a'), at('server-b')]).toEqual(['paused', 'active']);
    run(world, 120_000);
    expect([at('server-a'), at('server-b')]).toEqual([undefined, 'active']);
    expect(world.host('server-a')?.domains[world.uuidOf('database-01')]).toBeUndefined();
    expect(outcomes(world)).toEqual(['migrate-vm database-01 begun', 'migrate-vm database-01 done']);
  });

  it('lost so, do not bring a guest back that has ended where it came up', () => {
    const world = worldOf(
      withTimeline(
        [1000, move],
        [50_000, { kind: 'crash-vm', vm: 'database-01' }],
        [60_000, { kind: 'mend-link', host: 'server-a' }],
      ),
    );
    const phase = () => Object.values(world.state.transfers)[0]?.model.phase;
    while (phase() !== 'handed-over') world.runTo(world.nextAt() ?? 0);
    strike(world, { kind: 'cut-link', host: 'server-a' });
    run(world, 300_000);
    const of = (name: string) => world.host(name)?.domains[world.uuidOf('database-01')];
    expect(of('server-a')).toBeUndefined();
    expect([of('server-b')?.instance, of('server-b')?.endedBy]).toEqual([undefined, 'crashed']);
  });

  it('wait with the end of an evacuation for what somebody else is just moving', () => {
    const world = worldOf(
      withTimeline([1000, move], [1500, { kind: 'evacuate', host: 'server-a', atOnce: 4, ...plain }]),
    );
    run(world, 300_000);
    expect(
      told(world)
        .filter((line) => line.includes('evacuate'))
        .map((line) => line.split(' ').slice(1).join(' ')),
    ).toEqual(['evacuate server-a begun', 'evacuate server-a done']);
    expect(Object.keys(world.host('server-a')?.domains ?? {})).toEqual([]);
  });

  it('are missed where a host dies, not at once', () => {
    const world = worldOf(
      withTimeline(
        [1000, { kind: 'evacuate', host: 'server-a', atOnce: 1, ...plain }],
        [2000, { kind: 'power-off', host: 'server-a' }],
      ),
    );
    run(world, 26_900);
    expect(Object.keys(world.state.evacuations)).toHaveLength(1);
    run(world, 5000);
    expect(world.state.evacuations).toEqual({});
    expect(told(world).at(-1)).toBe('27 evacuate server-a failed server-a is off');
  });

  it('set the downtime that was allowed', () => {
    const world = worldOf(withTimeline([1000, { ...move, maxDowntimeMs: 42 }]));
    run(world, 2500);
    expect(Object.values(world.state.transfers)[0]?.model.settings.stop).toMatchObject({
      downtimeLimitMs: 42,
    });
  });
});

describe('a timeline and the operator', () => {
  const story = withTimeline(
    [1000, { kind: 'evacuate', host: 'server-a', atOnce: 1, ...plain }],
    [5000, { kind: 'hang-vm', vm: 'web-02' }],
    [200_000, { kind: 'evacuate', host: 'server-b', atOnce: 2, ...plain, copyStorage: true }],
  );

  it('are the same to the byte each time, whatever the steps', () => {
    const one = worldOf(story);
    run(one, 600_000);
    const other = worldOf(story);
    for (let step = 0; step < 600; step += 1) run(other, 1000);
    expect(stateText(other)).toBe(stateText(one));
    const third = worldOf(story, 2);
    run(third, 600_000);
    expect(stateText(third)).not.toBe(stateText(one));
  });

  it('outlive the process: what was under way is told as lost, and the list goes on', () => {
    const world = worldOf(story);
    run(world, 2500);
    expect(Object.values(world.state.moves)).toHaveLength(1);
    const state = readState(stateText(world), story, '/anywhere');
    const real = { now: () => 0, after: () => () => undefined };
    const again = startSimulation({ state, scenario: story, real }).world;
    run(again, 300_000);
    expect(again.state.happenings.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual(
      expect.arrayContaining(['migrate-vm failed', 'migrate-vm done', 'evacuate failed', 'hang-vm done']),
    );
    expect(again.state.moves).toEqual({});
  });
});
