import type { ActivityFilter, ActivityState } from '#shared/model/activity.ts';
import type { ClusterId } from '#shared/model/ids.ts';

/** What of the activity is looked at: one switch, as people ask for it. */
export const activityViews = {
  all: { name: 'All', filter: {} },
  running: { name: 'Running', filter: { state: 'running' } },
  undecided: { name: 'Undecided', filter: { state: 'undecided' } },
  failed: { name: 'Failed', filter: { state: 'failed' } },
  tasks: { name: 'Tasks', filter: { what: 'tasks' } },
  events: { name: 'Events', filter: { what: 'events' } },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly name: string;
      readonly filter: { readonly state?: ActivityState; readonly what?: 'tasks' | 'events' };
    }
  >
>;
export type ActivityView = keyof typeof activityViews;

export function activityView(text: string): ActivityView {
  return Object.keys(activityViews).find((view): view is ActivityView => view === text) ?? 'all';
}

export const activityTimes = {
  '': 'Any time',
  today: 'Today',
  yesterday: 'Yesterday',
  week: 'Last 7 days',
  month: 'Last 30 days',
} as const;
export type ActivityTime = keyof typeof activityTimes;

export const activityKinds: Readonly<Record<string, string>> = {
  '': 'Every kind',
  migration: 'Migration',
  start: 'Start',
  'shut-down': 'Shut down',
  'force-off': 'Force off',
  pause: 'Pause',
  resume: 'Resume',
  suspend: 'Suspend',
  restore: 'Restore',
  discard: 'Discard',
  reboot: 'Reboot',
  reset: 'Reset',
  rename: 'Rename',
  autostart: 'Start with host',
  define: 'Define',
  undefine: 'Undefine',
  'vm-started': 'VM started (event)',
  'vm-stopped': 'VM stopped (event)',
  'vm-paused': 'VM paused (event)',
  'vm-resumed': 'VM resumed (event)',
  'vm-suspended': 'VM suspended (event)',
  'vm-moved': 'VM moved (event)',
  'vm-appeared': 'VM defined (event)',
  'vm-gone': 'VM gone (event)',
  'host-lost': 'Host lost (event)',
  'host-back': 'Host back (event)',
};

export interface ActivityWishes {
  readonly view: ActivityView;
  readonly kind: string;
  readonly who: string;
  readonly time: string;
  readonly object: string;
  readonly text: string;
  readonly cluster: ClusterId | undefined;
}

/** The address's words as the backend takes them. `now`: days are of this computer's own calendar. */
export function filterOf(wishes: ActivityWishes, now: number): ActivityFilter {
  const { kind, who, object, text, cluster } = wishes;
  const trimmed = text.trim();
  return {
    ...activityViews[wishes.view].filter,
    ...(kind === '' ? {} : { kind }),
    ...(who === '' ? {} : { who }),
    ...(object === '' ? {} : { object }),
    ...(trimmed === '' ? {} : { text: trimmed }),
    ...(cluster === undefined ? {} : { clusterId: cluster }),
    ...timesOf(wishes.time, now),
  };
}

function timesOf(time: string, now: number): Pick<ActivityFilter, 'from' | 'to'> {
  switch (time) {
    case 'today':
      return { from: dayStart(now, 0) };
    case 'yesterday':
      return { from: dayStart(now, 1), to: dayStart(now, 0) };
    case 'week':
      return { from: dayStart(now, 6) };
    case 'month':
      return { from: dayStart(now, 29) };
    default:
      return {};
  }
}

/** Midnight so many days ago; a day may have 23 or 25 hours. */
export function dayStart(now: number, daysAgo: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysAgo).getTime();
}

const dayWords = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const yearWords = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' });

/** "Today, Wednesday 25 November": the heading of a day. */
export function dayName(start: number, now: number): string {
  const words = (new Date(start).getFullYear() === new Date(now).getFullYear() ? dayWords : yearWords)
    .format(start)
    .replace(',', '');
  if (start === dayStart(now, 0)) return `Today, ${words}`;
  return start === dayStart(now, 1) ? `Yesterday, ${words}` : words;
}
