import type { Happening } from '#shared/model/happening.ts';
import { rules } from '../dispatch.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { firstState } from '../state/firstState.ts';
import { type Rules, World } from '../state/world.ts';
import { Failures } from './failures.ts';
import { Measuring } from './measuring.ts';
import { resultOf, type SimulationResult } from './results.ts';
import { Series, type SeriesRow } from './series.ts';

export interface SimulationInput {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Simulated milliseconds. */
  readonly forMs: number;
  /** Rows of each host and of the whole, of every interval; the last one may be shorter. */
  readonly series?: {
    readonly everyMs: number;
    readonly take: (rows: readonly SeriesRow[]) => void;
  };
  /** Rejects with its reason, at once. */
  readonly signal?: AbortSignal;
  /** Now and then, with what has been simulated by then. */
  readonly onProgress?: (simulatedMs: number) => void;
}

/** A Monday's first moment: what clocks show where neither the scenario nor the hour of its start matters. */
const plainStart = Date.UTC(2026, 0, 5);
const minuteMs = 60_000;
/** So long at a stretch nobody else of this process is heard. */
const stretchMs = 30;

/**
 * Runs a scenario's cluster by itself, as fast as it can: no console, no process and no clock but its own. The same
 * scenario, seed, time and steps give the same result, to the byte; other steps move what is judged by the minute by a
 * part of one.
 */
export async function simulate(input: SimulationInput): Promise<SimulationResult> {
  const { scenario, seed, forMs, series, signal } = input;
  const startsAt = scenario.startsAt ?? plainStart;
  const endsAt = startsAt + forMs;
  const world = new World(firstState(scenario, seed, startsAt), scenario, watchedRules());
  const measuring = new Measuring(world);
  const failures = new Failures(world);
  const happenings: Happening[] = [];
  world.subscribeHappenings((happening) => {
    happenings.push(happening);
    failures.heard(happening);
  });
  const rows = new Series(world, measuring);
  let lastBreath = performance.now();

  let minuteAt = Math.min(endsAt, startsAt + minuteMs);
  let rowsAt = series === undefined ? Number.POSITIVE_INFINITY : startsAt + series.everyMs;
  while (world.now < endsAt) {
    await runTo(Math.min(endsAt, minuteAt, rowsAt));
    measuring.accumulate();
    if (world.now >= minuteAt) {
      measuring.closeMinute();
      minuteAt = Math.min(endsAt, minuteAt + minuteMs);
    }
    if (series !== undefined && world.now >= Math.min(endsAt, rowsAt)) {
      series.take(rows.rows());
      rowsAt += series.everyMs;
    }
  }
  return resultOf(world, measuring, failures, happenings);

  /** The world's own, with an eye on what is about to be gone. */
  function watchedRules(): Rules {
    return {
      ...rules,
      due(world, event) {
        if (event.kind !== 'timeline') return rules.due(world, event);
        measuring.accumulate();
        failures.watch(actionsFrom(scenario, event.entry), () => rules.due(world, event));
        for (const host of world.hosts()) {
          if (host.power !== 'on') measuring.beginsAnew(host);
        }
      },
      instanceEnded(world, host, domain, instance) {
        measuring.ended(host, instance);
        rules.instanceEnded(world, host, domain, instance);
      },
    };
  }

  async function runTo(at: number): Promise<void> {
    let until = performance.now() + stretchMs;
    while (!world.runTo(at, () => performance.now() > until)) {
      await breathe();
      until = performance.now() + stretchMs;
    }
    if (performance.now() - lastBreath > stretchMs) await breathe();
  }

  async function breathe(): Promise<void> {
    input.onProgress?.(world.now - startsAt);
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    lastBreath = performance.now();
  }
}

/** All that is due in the moment of this entry. */
function actionsFrom({ timeline }: Scenario, first: number) {
  const at = timeline[first]?.afterMs;
  const end = timeline.findIndex((entry, index) => index > first && entry.afterMs !== at);
  return timeline.slice(first, end < 0 ? undefined : end).map(({ action }) => action);
}
