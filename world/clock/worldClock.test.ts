import { describe, expect, it } from 'vitest';
import { happeningInWords } from '#shared/model/happening.ts';
import { strike } from '../faults/faults.ts';
import { builtInScenario } from '../scenario/builtIn.ts';
import { startSimulation } from '../simulation.ts';
import { firstState } from '../state/firstState.ts';
import { startedAt } from '../testing/testWorld.ts';
import { nextOfTimeline } from './nextEvent.ts';
import type { RealTime } from './worldClock.ts';

/** Real time that stands still until a test moves it. */
class PlayedTime implements RealTime {
  #now = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  pass(milliseconds: number): void {
    const goal = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined || next.at > goal) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = goal;
  }
}

const moved = { copyStorage: false, autoConverge: false, postCopy: false } as const;

function start(scenario = builtInScenario('two-servers')) {
  const real = new PlayedTime();
  const simulation = startSimulation({ state: firstState(scenario, 1, startedAt), scenario, real });
  return { real, ...simulation };
}

describe('the clock of a simulated world', () => {
  it('runs as real time, faster, and not at all while it is paused', () => {
    const { real, clock } = start();
    real.pass(1000);
    expect(clock.reading()).toEqual({ at: startedAt + 1000, rate: 1, chosenRate: 1, paused: false });
    clock.set({ rate: 600 });
    real.pass(1000);
    expect(clock.reading()).toEqual({ at: startedAt + 601_000, rate: 600, chosenRate: 600, paused: false });
    clock.set({ paused: true });
    real.pass(60_000);
    expect(clock.reading()).toEqual({ at: startedAt + 601_000, rate: 0, chosenRate: 600, paused: true });
    clock.set({ paused: false, rate: 10 });
    real.pass(100);
    expect(clock.reading().at).toBe(startedAt + 602_000);
  });

  it('does what is due at its moment, however seldom it looks', () => {
    const { real, clock, world } = start();
    clock.set({ rate: 600 });
    const seen: number[] = [];
    world.after(500, () => seen.push(world.now));
    world.after(900, () => world.after(50, () => seen.push(world.now)));
    real.pass(10);
    expect(seen).toEqual([startedAt + 500, startedAt + 950]);
  });

  it('steps on while it is paused, as fast as it can', async () => {
    const { clock } = start();
    clock.set({ paused: true });
    await clock.step(86_400_000);
    expect(clock.reading()).toMatchObject({ at: startedAt + 86_400_000, rate: 0, paused: true });
  });

  it('jumps to whatever happens next, paused or not, and says what it was', async () => {
    const { clock, world } = start();
    clock.set({ paused: true });
    strike(world, { kind: 'power-off', host: 'server-b' });
    strike(world, { kind: 'power-on', host: 'server-b' });
    expect(await clock.jump()).toEqual({
      at: startedAt + 30_000,
      happenings: [{ at: startedAt + 30_000, kind: 'host-up', object: 'server-b', outcome: 'done' }],
      more: 0,
    });
    clock.set({ paused: false });
    const { at, happenings } = await clock.jump();
    expect(happenings.map(happeningInWords)).toEqual(['web-02 has booted']);
    expect(clock.reading()).toMatchObject({ at, paused: false });
  });

  it('jumps nowhere where nothing is due, and knows what its timeline has next', async () => {
    const { clock, world } = start();
    await expect(clock.jump()).rejects.toThrow(/nothing is due within 24 hours/);
    expect(world.now).toBe(startedAt);
    expect(nextOfTimeline(world)).toBeUndefined();
    const action = { kind: 'power-off', host: 'server-a' } as const;
    const planned = start({
      ...builtInScenario('two-servers'),
      timeline: [
        { afterMs: 60_000, action },
        { afterMs: 60_000, action: { kind: 'cut-link', host: 'server-b' } },
        { afterMs: 90_000, action: { kind: 'migrate-vm', vm: 'web-01', to: 'server-b', ...moved } },
      ],
    });
    expect(nextOfTimeline(planned.world)).toEqual({
      at: startedAt + 60_000,
      title: 'server-a loses its power, and 1 more',
    });
    planned.world.runTo(startedAt + 60_000);
    expect(nextOfTimeline(planned.world)).toEqual({
      at: startedAt + 90_000,
      title: 'web-01 moves to server-b',
    });
  });

  it('is no faster than real time while a migration waits for its console, until that is silent for 5 s', async () => {
    const { real, clock, world, sessions } = start();
    clock.set({ rate: 600 });
    const opening = sessions.open('server-a', 'console-1');
    const session = await opening;
    world.waitingForConsole.set('a-migration', [session]);
    clock.advance();
    const before = clock.reading().at;
    real.pass(1000);
    expect(clock.reading()).toEqual({ at: before + 1000, rate: 1, chosenRate: 600, paused: false });
    await sessions.ask(session, () => 'still here');
    real.pass(4900);
    expect(clock.reading().rate).toBe(1);
    real.pass(1000);
    expect(clock.reading().rate).toBe(600);
    await sessions.ask(session, () => 'here again');
    expect(clock.reading().rate).toBe(1);
    world.waitingForConsole.delete('a-migration');
    expect(clock.reading().rate).toBe(600);
  });

  it('waits for no word that cannot come: one of the hosts is dead or cut off', async () => {
    const { clock, world, sessions } = start();
    clock.set({ rate: 600 });
    const both = [await sessions.open('server-a', 'console-1'), await sessions.open('server-b', 'console-1')];
    world.waitingForConsole.set('a-migration', both);
    expect(clock.reading().rate).toBe(1);
    strike(world, { kind: 'cut-link', host: 'server-b' });
    expect(clock.reading().rate).toBe(600);
    strike(world, { kind: 'mend-link', host: 'server-b' });
    expect(clock.reading().rate).toBe(1);
  });

  it('stops being fast at the very moment from which a console is waited for', async () => {
    const { real, clock, world, sessions } = start();
    const session = await sessions.open('server-a', 'console-1');
    world.after(3000, () => world.waitingForConsole.set('a-migration', [session]));
    clock.set({ rate: 600 });
    const before = world.now;
    real.pass(105);
    // 5 ms for the three seconds at x600, the rest at x1.
    expect(clock.reading().at).toBeCloseTo(before + 3000 + 100, 0);
  });
});
