import { medianOf } from '../measure.ts';
import type { ColdStart } from './coldStart.ts';
import type { FleetSize } from './fleet.ts';
import type { MemoryOf, MemoryReading } from './memory.ts';
import type { Scrolling } from './scrolling.ts';

export interface PerformanceFound {
  readonly machine: {
    readonly date: string;
    readonly cores: number;
    readonly processor: string;
    readonly memoryGiB: number;
    /** Processes that wanted a core over the last minute, before and after. */
    readonly loadBefore: number;
    readonly loadAfter: number;
    readonly electron: string;
    readonly drover: string;
  };
  readonly usual: FleetSize;
  readonly large: FleetSize;
  readonly starts: readonly ColdStart[];
  readonly memory: readonly MemoryReading[];
  readonly memoryRate: number;
  readonly scrolling: readonly Scrolling[];
  readonly keys: readonly number[];
  readonly cleared: readonly number[];
}

const aims = { overviewMs: 1800, frameMs: 20, keyMs: 50 } as const;

/** docs/performance.md, written whole by the run. */
export function performancePage(found: PerformanceFound): string {
  const { machine, usual, large, starts, scrolling } = found;
  const start = (figure: keyof ColdStart, aim?: number) =>
    figures(
      starts.map((each) => each[figure]),
      aim,
    );
  const frames = (figure: keyof Scrolling, aim?: number) =>
    figures(
      scrolling.map((each) => each[figure]),
      aim,
    );
  return `# How fast Drover is

Written whole by \`npm run performance\` (\`test/bench/performance\`) on ${machine.date}. It packs the app as installers hold it and starts it as an ordinary user in Chromium's sandbox, on simulated clusters: world, backend and page are the real ones, each in its own process.

Drover ${machine.drover}, Electron ${machine.electron}; ${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB; an emulated display (Xvfb) of 1440x900 and no graphics card, so every pixel is drawn by the same cores. Load before the run ${machine.loadBefore.toFixed(1)}, after it ${machine.loadAfter.toFixed(1)}: ${loadWords(machine)}

Each figure is the median of its repeats, with the best and the worst.

## Start

From the start of the program, which knows ${inWords(usual)} from an earlier session, to what the window shows. ${starts.length} starts; the operating system has the files in memory from the first on.

| | median | best | worst | aim |
|---|---:|---:|---:|---:|
| the window says that Drover starts | ${start('firstPaintMs')} |
| the overview shows what is known of every host, and can be used | ${start('overviewMs', aims.overviewMs)} |
| every host has answered | ${start('allHostsMs')} |

## Ten thousand VMs

The page "Virtual machines" with ${inWords(large)}, all of them measured meanwhile.

| | median | best | worst | aim |
|---|---:|---:|---:|---:|
| scrolling ${scrolling[0]?.rowsPassed ?? 0} rows, 95th percentile of the time between two frames | ${frames('p95Ms', aims.frameMs)} |
| the same, median | ${frames('medianMs')} |
| the same, longest | ${frames('longestMs')} |
| from a key in the filter to the frame with the rows that fit | ${figures(found.keys, aims.keyMs)} |
| from Escape in the filter to the frame with all rows | ${figures(found.cleared, aims.keyMs)} |

A display of 60 Hz shows a frame every 16.7 ms at best.

## Memory

MiB with ${inWords(usual)}, on the overview, by a simulated clock at x${found.memoryRate}. *Own* is what a process has for itself; *resident* counts with it the pages of Electron's program that the processes share.

| after | main: own · resident | page: own · resident | page: heap | backend: own · resident | Chromium's others: own |
|---|---:|---:|---:|---:|---:|
${found.memory.map(memoryRow).join('\n')}
`;
}

function memoryRow({ minutes, main, page, pageHeapMiB, backend, other }: MemoryReading): string {
  const both = ({ ownMiB, residentMiB }: MemoryOf) => `${Math.round(ownMiB)} · ${Math.round(residentMiB)}`;
  return `| ${minutes} min | ${both(main)} | ${both(page)} | ${Math.round(pageHeapMiB)} | ${both(backend)} | ${Math.round(other.ownMiB)} |`;
}

/** Median, best, worst and, where there is one, the aim and whether it is met. */
function figures(values: readonly number[], aim?: number): string {
  const median = medianOf(values);
  const verdict = aim === undefined ? '' : `${milliseconds(aim)}, ${median <= aim ? 'met' : '**missed**'}`;
  return `${[median, Math.min(...values), Math.max(...values)].map(milliseconds).join(' | ')} | ${verdict}`;
}

function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ms`;
}

function loadWords({ cores, loadBefore }: PerformanceFound['machine']): string {
  return loadBefore > cores / 2
    ? '**the machine did other work at the same time, and these figures are too high for it.**'
    : 'nothing else ran.';
}

function inWords({ hosts, vms }: FleetSize): string {
  const number = new Intl.NumberFormat('en-GB');
  return `${number.format(hosts)} hosts and ${number.format(vms)} VMs`;
}
