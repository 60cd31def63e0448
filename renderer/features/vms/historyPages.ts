import type { VmHistory, VmHistoryEntry } from '#shared/model/vmHistory.ts';

/** What of a VM's history is known here: its newest page, asked again as things happen, and older ones on request. */
export interface HistoryPages {
  readonly entries: readonly VmHistoryEntry[];
  /** Where what is not known here begins; absent where everything is. */
  readonly before?: number;
}

/** The newest page anew. What is older than it stays, unless so much happened that something would be missing between. */
export function withNewest(known: HistoryPages | undefined, newest: VmHistory): HistoryPages {
  const { before } = newest;
  const reaches = known === undefined || before === undefined || known.entries.some(({ at }) => at >= before);
  if (known === undefined || !reaches || before === undefined) return newest;
  const older = known.entries.filter(({ at }) => at < before);
  if (older.length === 0) return newest;
  return joined(newest.entries, older, known.before);
}

export function withOlder(known: HistoryPages, older: VmHistory): HistoryPages {
  return joined(known.entries, older.entries, older.before);
}

/** A task whose changes lie on both sides of a page's end is one entry. */
function joined(
  newer: readonly VmHistoryEntry[],
  older: readonly VmHistoryEntry[],
  before: number | undefined,
): HistoryPages {
  const entries = [...newer];
  for (const entry of older) {
    const place = entries.findIndex(
      (each) => each.kind === 'task' && entry.kind === 'task' && each.task.id === entry.task.id,
    );
    const same = entries[place];
    if (same?.kind !== 'task' || entry.kind !== 'task') entries.push(entry);
    else entries[place] = { ...same, changes: [...entry.changes, ...same.changes] };
  }
  return { entries, ...(before === undefined ? {} : { before }) };
}

/** Entries by the days on which they fell, by this machine's calendar. */
export function byDay(
  entries: readonly VmHistoryEntry[],
): readonly { readonly day: number; readonly entries: readonly VmHistoryEntry[] }[] {
  const days: { day: number; entries: VmHistoryEntry[] }[] = [];
  for (const entry of entries) {
    const day = new Date(entry.at).setHours(0, 0, 0, 0);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

const dayName = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const oneDayMs = 24 * 3600 * 1000;

/** "Today, Wednesday 25 November". */
export function dayInWords(day: number, now: number): string {
  const today = new Date(now).setHours(0, 0, 0, 0);
  const name = dayName.format(day).replace(',', '');
  if (day === today) return `Today, ${name}`;
  // A day may be an hour longer or shorter.
  if (Math.round((today - day) / oneDayMs) === 1) return `Yesterday, ${name}`;
  return name;
}
