import { medianOf } from '../measure.ts';
import type { DataCentre } from './dataCentre.ts';
import type { CpuByRole } from './processCpu.ts';
import { displayed, head, line } from './sections.ts';

const aims = { startMs: 3000, frameMs: 20, worldAndBackendCores: 1 } as const;

export function dataCentreSection(found: readonly DataCentre[]): string {
  const of = (pick: (each: DataCentre) => number) => found.map(pick);
  const plain = of((each) => each.plain.p95Ms);
  return `The built-in data centre: 1,000 simulated hosts with 10,000 VMs, racks of which are emptied all the while. Started from the app's first page, each time in a fresh data folder; the click makes a world's process of it, and the clock stops when the overview has every host and VM. Then the overview is left alone, and the page "Virtual machines" scrolled as above while simulated time runs at x60. ${found.length} runs.

${head}
${line(
  'from the click to the overview with all hosts and VMs',
  of(({ startMs }) => startMs),
  { aim: aims.startMs },
)}
${line(
  'what all processes together worked for that, in time of one core',
  of(({ startCpuSeconds }) => startCpuSeconds * 1000),
  {},
)}
${line(
  'scrolling at x60: 95th percentile of the time between two frames',
  of(({ table }) => table.p95Ms),
  { bare: plain, aim: aims.frameMs },
)}
${line(
  'the same, median',
  of(({ table }) => table.medianMs),
  { bare: of((each) => each.plain.medianMs) },
)}
${line(
  'the same, longest',
  of(({ table }) => table.longestMs),
  { bare: of((each) => each.plain.longestMs) },
)}
${line(
  'longest task of the page meanwhile',
  of(({ longTasks }) => longTasks.longestMs),
  {},
)}

In each of these flights of four seconds the page had ${number(medianOf(of(({ longTasks }) => longTasks.count)))} tasks of more than 50 ms. ${displayed}

Cores that each process kept busy, medians:

| | world | backend | world and backend | page | main and Chromium's others |
| --- | ---: | ---: | ---: | ---: | ---: |
${cores(
  'overview at x1',
  found.map(({ overviewAtX1 }) => overviewAtX1),
)}
${cores(
  'overview at x60',
  found.map(({ overviewAtX60 }) => overviewAtX60),
)}
${cores(
  'scrolling at x60',
  found.map(({ scrollingAtX60 }) => scrollingAtX60),
)}

World and backend together are to stay under ${aims.worldAndBackendCores} core.`;
}

function cores(what: string, found: readonly CpuByRole[]): string {
  const of = (pick: (each: CpuByRole) => number) => number(medianOf(found.map(pick)));
  const columns = [
    of(({ world }) => world),
    of(({ backend }) => backend),
    of(({ world, backend }) => world + backend),
    of(({ page }) => page),
    of(({ main, other }) => main + other),
  ];
  return `| ${what} | ${columns.join(' | ')} |`;
}

const number = (value: number): string => value.toFixed(2);
