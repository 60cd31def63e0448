import { DroverError } from '#shared/contract/errors.ts';
import { eventInWords } from '#shared/model/happening.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { objectOf, type TimelineAction } from '../scenario/timeline.ts';
import type { World } from '../state/world.ts';

type TimelineEntry = Scenario['timeline'][number];

/** What the scenario's timeline has next, and when: of several in one moment the first, and how many more. */
export function nextOfTimeline({
  now,
  state: { startedAt },
  scenario: { timeline },
}: World): { readonly at: number; readonly title: string } | undefined {
  const from = firstAfter(timeline, now - startedAt);
  const first = timeline[from];
  if (first === undefined) return undefined;
  const more = firstAfter(timeline, first.afterMs) - from - 1;
  const title = actionInWords(first.action);
  return { at: startedAt + first.afterMs, title: more === 0 ? title : `${title}, and ${more} more` };
}

/** Whether anything that a person would call an event comes about by `until`, as far as is known now. */
export function expectsSomething(world: World, until: number): boolean {
  const next = nextOfTimeline(world);
  if (next !== undefined && next.at <= until) return true;
  if (world.state.surges.some(({ untilMs }) => untilMs <= until)) return true;
  return world
    .hosts()
    .some(
      ({ power, domains }) =>
        power === 'starting' ||
        Object.values(domains).some(
          ({ instance }) =>
            instance?.guest.dueAt !== undefined ||
            instance?.outgoing !== undefined ||
            instance?.incoming !== undefined,
        ),
    );
}

export function nothingIsDue(): DroverError {
  return new DroverError({
    code: 'refused-by-rule',
    tried: 'Jump to the next event',
    cause: 'nothing is due within 24 hours: no entry of its timeline, no guest that boots, and no migration',
    next: 'Step on by a time, or start, move or break something',
  });
}

/** The place of the first entry after that moment; they are in order of time. */
function firstAfter(timeline: readonly TimelineEntry[], afterMs: number): number {
  let [low, high] = [0, timeline.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timeline[middle]?.afterMs ?? 0) > afterMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

function actionInWords(action: TimelineAction): string {
  const to = action.kind === 'migrate-vm' ? { to: action.to } : {};
  return eventInWords({ kind: action.kind, object: objectOf(action), ...to });
}
