import { medianOf } from '../measure.ts';
import type { ColdStart } from './coldStart.ts';
import type { FleetSize } from './fleet.ts';
import type { Keystrokes } from './keystrokes.ts';
import type { MemoryOf, MemoryReading } from './memory.ts';
import { large, type ScrollingBoth, usual } from './parts.ts';
import type { Scrolling } from './scrolling.ts';

const aims = { overviewMs: 1800, frameMs: 20, keyMs: 50 } as const;
export const displayed = 'A display of 60 Hz shows a frame every 16.7 ms at best.';

export function coldStartSection(starts: readonly ColdStart[]): string {
  const bare = starts.map(({ bareMs }) => bareMs);
  const row = (what: string, figure: keyof ColdStart, aim?: number) =>
    line(
      what,
      starts.map((each) => each[figure]),
      { bare, aim },
    );
  return `From the start of the program, which knows ${inWords(usual)} from an earlier session, to what the window shows. ${starts.length} starts; the operating system has the files in memory from one before them.

${head}
${row('the bare app shows its line of text', 'bareMs')}
${row('the window says that Drover starts', 'firstPaintMs')}
${row('the overview shows what is known of every host, and can be used', 'overviewMs', aims.overviewMs)}
${row('every host has answered', 'allHostsMs')}`;
}

export function scrollingSection(found: readonly ScrollingBoth[]): string {
  const row = (what: string, figure: keyof Scrolling, aim?: number) =>
    line(
      what,
      found.map(({ table }) => table[figure]),
      { bare: found.map(({ plain }) => plain[figure]), aim },
    );
  const plain = found.map((each) => each.plain.p95Ms);
  return `The page "Virtual machines" with ${inWords(large)}, all of them measured meanwhile; ${found[0]?.table.rowsPassed ?? 0} rows in four seconds as by a wheel. The bare is a list of 10,000 plain lines as high as the table's rows, scrolled in the same way.

${head}
${row('95th percentile of the time between two frames', 'p95Ms', aims.frameMs)}
${row('the same, median', 'medianMs')}
${row('the same, longest', 'longestMs')}
${line('the bare list, 95th percentile', plain, {})}

${displayed}`;
}

export function keystrokesSection(found: readonly Keystrokes[]): string {
  const digits = found.flatMap((each) => each.digits);
  return `The page "Virtual machines" with ${inWords(large)}, all of them measured meanwhile; ${digits.length} keys. ${displayed}

${head}
${line('from a key in the filter to the frame with the rows that fit', digits, { aim: aims.keyMs })}
${line(
  'from Escape in the filter to the frame with all rows',
  found.map(({ cleared }) => cleared),
  { aim: aims.keyMs },
)}`;
}

export function memorySection(readings: readonly MemoryReading[]): string {
  return `MiB with ${inWords(usual)}, on the overview, in real time. *Own* is what a process has for itself; *resident* counts with it the pages of Electron's program that the processes share.

| after | main: own · resident | page: own · resident | page: heap | backend: own · resident | Chromium's others: own |
| ---: | ---: | ---: | ---: | ---: | ---: |
${readings.map(memoryRow).join('\n')}

${growthOf(readings)}`;
}

function memoryRow({ minutes, main, page, pageHeapMiB, backend, other }: MemoryReading): string {
  const both = ({ ownMiB, residentMiB }: MemoryOf) => `${Math.round(ownMiB)} · ${Math.round(residentMiB)}`;
  return `| ${minutes} min | ${both(main)} | ${both(page)} | ${Math.round(pageHeapMiB)} | ${both(backend)} | ${Math.round(other.ownMiB)} |`;
}

/** Both halves apart: what fills up at first and then stays, and what goes on growing. */
function growthOf(readings: readonly MemoryReading[]): string {
  const middle = Math.floor(readings.length / 2);
  const kinds: readonly (readonly [string, (reading: MemoryReading) => number])[] = [
    ['main', ({ main }) => main.ownMiB],
    ['page', ({ page }) => page.ownMiB],
    ["the page's heap", ({ pageHeapMiB }) => pageHeapMiB],
    ['backend', ({ backend }) => backend.ownMiB],
  ];
  const rows = kinds.map(([name, of]) => {
    const perMinute = (part: readonly MemoryReading[]): string => slope(part, of).toFixed(2);
    return `| ${name} | ${perMinute(readings.slice(0, middle + 1))} | ${perMinute(readings.slice(middle))} |`;
  });
  const half = readings[middle]?.minutes ?? 0;
  return `MiB a minute by which its own memory grew (least squares over the readings; garbage makes it swing). Page and backend keep fifteen minutes of measurements in memory, so they fill up until then.

| process | first ${half} min | after that |
| --- | ---: | ---: |
${rows.join('\n')}`;
}

function slope(readings: readonly MemoryReading[], of: (reading: MemoryReading) => number): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middleX = mean(readings.map(({ minutes }) => minutes));
  const middleY = mean(readings.map(of));
  const above = readings.reduce((sum, each) => sum + (each.minutes - middleX) * (of(each) - middleY), 0);
  return above / readings.reduce((sum, { minutes }) => sum + (minutes - middleX) ** 2, 0);
}

export const head =
  '|  | median | best | worst | of the bare | aim |\n| --- | ---: | ---: | ---: | ---: | ---: |';

export function line(
  what: string,
  values: readonly number[],
  { bare, aim }: { readonly bare?: readonly number[]; readonly aim?: number | undefined },
): string {
  const median = medianOf(values);
  const times = [median, Math.min(...values), Math.max(...values)].map(milliseconds).join(' | ');
  const ratio = bare === undefined ? '' : (median / medianOf(bare)).toFixed(2);
  const verdict = aim === undefined ? '' : `${milliseconds(aim)}, ${median <= aim ? 'met' : '**missed**'}`;
  return `| ${what} | ${times} | ${ratio} | ${verdict} |`;
}

function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ms`;
}

function inWords({ hosts, vms }: FleetSize): string {
  const number = new Intl.NumberFormat('en-GB');
  return `${number.format(hosts)} hosts and ${number.format(vms)} VMs`;
}
