import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorldFault } from '#shared/model/simulation.ts';
import { destroyDomain, pauseDomain, requestShutdown, resetDomain } from '../domains/power.ts';
import { saveDomain } from '../domains/saving.ts';
import { startDomain } from '../domains/starting.ts';
import { stateText } from '../state/readState.ts';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { abort, pausePostCopy, startPostCopy } from './control.ts';

const hosts = ['server-a', 'server-b'] as const;
const vms = ['web-01', 'cache-01'] as const;

const host = fc.constantFrom(...hosts);
const vm = fc.constantFrom(...vms);
const fault = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'power-off' as const,
      'power-on' as const,
      'power-on' as const,
      'cut-link' as const,
      'mend-link' as const,
      'mend-link' as const,
      'drop-connections' as const,
      'restart-libvirt' as const,
    ),
    host,
  }),
  fc.record({ kind: fc.constant('slow-link' as const), host, rateBitsPerSecond: fc.constant(1e9) }),
  fc.record({ kind: fc.constant('distance' as const), host, oneWayMs: fc.constantFrom(0, 80) }),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('fault' as const), fault }) },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 30, 700, 4000, 26_000, 70_000),
    }),
  },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('migrate' as const), vm, postCopy: fc.boolean() }) },
  { weight: 16, arbitrary: fc.record({ does: fc.constant('phase' as const), vm }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('control' as const),
      vm,
      verb: fc.constantFrom(
        'abort',
        'switch',
        'pause-post-copy',
        'cancel',
        'lose-source',
        'lose-destination',
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('verb' as const),
      vm,
      host,
      verb: fc.constantFrom('start', 'destroy', 'pause', 'save', 'shut-down', 'reset'),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Drives migrations without sense or care, as no console would: whatever is refused is refused. */
class Walk {
  readonly test = new TestWorld();
  readonly #migrations = new Map<string, { readonly it: TestMigration; next: number }>();

  async take(step: Step): Promise<void> {
    const { test } = this;
    switch (step.does) {
      case 'fault':
        return test.strike(step.fault satisfies WorldFault);
      case 'pass':
        return await test.pass(step.ms);
      case 'migrate':
        return await this.#begin(step.vm, step.postCopy);
      case 'phase':
        return await this.#phase(step.vm);
      case 'control':
        return await this.#control(step.vm, step.verb);
      case 'verb':
        return await this.#verb(step.host, step.vm, step.verb);
      default:
        step satisfies never;
    }
  }

  async #begin(vm: string, postCopy: boolean): Promise<void> {
    const { test } = this;
    const at = hosts.find((name) => test.domain(name, vm)?.instance !== undefined);
    if (at === undefined) return;
    const it = new TestMigration(test, vm, at === 'server-a' ? 'server-b' : 'server-a', { postCopy });
    this.#migrations.set(vm, { it, next: 0 });
    await this.#tolerate(it.openSessions());
  }

  async #phase(vm: string): Promise<void> {
    const migration = this.#migrations.get(vm);
    if (migration === undefined) return;
    const { it, next } = migration;
    if (next > 0 && !it.hasBegun) return;
    migration.next += 1;
    const phases = [
      () => it.begin(),
      () => it.prepare(),
      async () => void it.perform(),
      async () => void it.finish(),
      async () => void it.confirm(),
    ];
    await this.#tolerate(phases[next % phases.length]?.() ?? Promise.resolve());
  }

  async #control(vm: string, verb: string): Promise<void> {
    const { test } = this;
    const it = this.#migrations.get(vm)?.it;
    if (it === undefined) return;
    if (verb === 'lose-source') return test.sessions.close(it.source);
    if (verb === 'lose-destination') return test.sessions.close(it.destination);
    if (verb === 'cancel') return void it.finish(true);
    const verbs = { abort, switch: startPostCopy, 'pause-post-copy': pausePostCopy };
    const chosen = verbs[verb as keyof typeof verbs];
    await this.#tolerate(
      test.open(it.from).then((session) => test.ask(session, (world, host) => chosen(world, host, it.uuid))),
    );
  }

  async #verb(host: string, vm: string, verb: string): Promise<void> {
    const { test } = this;
    const uuid = test.domain(host, vm)?.uuid;
    if (uuid === undefined) return;
    const session = await test.open(host).catch(() => undefined);
    if (session === undefined) return;
    if (verb === 'destroy')
      return void this.#tolerate(test.ask(session, (w, h) => destroyDomain(w, h, uuid)));
    if (verb === 'pause') return void this.#tolerate(test.ask(session, (w, h) => pauseDomain(w, h, uuid)));
    const slow = { start: startDomain, save: saveDomain, 'shut-down': requestShutdown, reset: resetDomain };
    const chosen = slow[verb as keyof typeof slow];
    test.request<object>(session, (world, host, answer) => chosen(world, host, uuid, answer));
  }

  async #tolerate(asked: Promise<unknown>): Promise<void> {
    const outcome = asked.catch((thrown: unknown) => {
      // A refusal is an answer; anything else is a bug.
      if (!(thrown instanceof Error) || thrown.name !== 'DroverError') throw thrown;
    });
    await outcome;
  }
}

function check({ world }: TestWorld): void {
  const running = new Map<string, string[]>();
  for (const host of world.hosts()) {
    const ports = new Set<number>();
    for (const { uuid, instance } of Object.values(host.domains)) {
      if (instance === undefined) continue;
      expect(host.power).toBe('on');
      if (instance.state === 'active') running.set(uuid, [...(running.get(uuid) ?? []), host.name]);
      for (const id of [instance.outgoing?.transfer, instance.incoming?.transfer]) {
        if (id !== undefined) expect(world.state.transfers).toHaveProperty(id);
      }
      const port = instance.incoming?.port;
      if (port !== undefined) {
        expect(ports.has(port)).toBe(false);
        ports.add(port);
      }
      for (const value of Object.values(instance.counters)) expect(value).toBeGreaterThanOrEqual(0);
    }
  }
  for (const [uuid, at] of running) expect([uuid, at.length]).toEqual([uuid, 1]);
  for (const { id, uuid, from, to } of Object.values(world.state.transfers)) {
    const ends = [
      world.host(from)?.domains[uuid]?.instance?.outgoing?.transfer,
      world.host(to)?.domains[uuid]?.instance?.incoming?.transfer,
    ];
    expect(ends).toContain(id);
  }
}

describe('a simulated world under whatever is done to it', () => {
  it('never runs a guest twice by itself, keeps its books, and is plain data', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const walk = new Walk();
        for (const each of steps) {
          await walk.take(each);
          check(walk.test);
        }
        await walk.test.pass(60_000);
        check(walk.test);
        const text = stateText(walk.test.world);
        expect(JSON.stringify(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});
