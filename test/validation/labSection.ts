import type { TransferCosts } from '../../world/physics/transferTypes.ts';
import type { LabRow } from './labRows.ts';
import type { LabRuns } from './labRuns.ts';
import { percent, table } from './markdown.ts';
import { modelOf } from './measured.ts';
import { type Compared, isNearDowntime, off } from './score.ts';

/** The lab's part of docs/validation.md. */
export function labSection(
  { measured, cores, limitMs, runs }: LabRuns,
  rows: readonly (Compared & LabRow)[],
  machine: TransferCosts,
): string {
  const loads = runs.map(({ load }) => load);
  return `## The lab

${runs.length} migrations in [the lab](lab.md) on ${measured}: libvirt moves an emulated guest to and fro between two hosts, which are network namespaces of one machine, over TCP, ${limitMs} ms allowed. The guest sweeps W MiB, and what it is told to write is paced; how much it really wrote while it was moved is asked of it, and the model is given that. Where there is a cap the link is as fast as the machine; where there is none the cable has a rate (a token bucket, of which TCP gets ${(100 * (1448 / 1514)).toFixed(1)} %).

The machine has ${cores} cores and was shared with other work: its load was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} meanwhile. So that the guest keeps its rate, the lab ran ahead of the rest (at the lowest real-time priority). Every figure is the median of the repeats; one that never gets through was tried once. Time counts from libvirt's order to QEMU: before that it starts the destination's QEMU. Set-up (${machine.setupMs} ms) and switch-over (${machine.switchMs} ms) are read off the combinations whose guests write nothing, all other speeds are those of the table above.

${table([
  [
    'memory',
    'W',
    'told MiB/s',
    'kept',
    'limit',
    'repeats',
    'time ms',
    'model',
    'MiB sent',
    'model',
    'synchronisations',
    'model',
    'downtime ms',
    'model',
    'converges: said',
  ],
  ...rows.map(({ wished, repeats, real, model }) => [
    String(wished.memoryMiB),
    String(wished.workingSetMiB),
    String(wished.writesMiBPerSecond),
    real.writesMiBPerSecond.toFixed(1),
    wished.linkMbit === undefined
      ? `cap ${wished.capMiBPerSecond ?? '–'} MiB/s`
      : `link ${wished.linkMbit} Mbit/s`,
    String(repeats),
    real.totalMs === undefined ? 'never' : String(real.totalMs),
    real.totalMs === undefined
      ? model.completed
        ? `${model.totalMs} ms`
        : 'never'
      : percent(off(model.totalMs, real.totalMs)),
    real.sentMiB.toFixed(0),
    percent(off(model.sentMiB, real.sentMiB)),
    String(real.synchronisations),
    String(model.synchronisations),
    real.totalMs === undefined ? '–' : String(real.downtimeMs),
    real.totalMs === undefined ? '–' : String(model.downtimeMs),
    model.judged,
  ]),
])}

"Never" was given up after 25 s. ${worseDowntimes(rows, machine)}`;
}

/** Chosen with the rows before one's eyes, to tell how much hangs on what the switch-over is read off. */
const fittedSwitchMs = 35;

function worseDowntimes(rows: readonly Compared[], machine: TransferCosts): string {
  const through = rows.filter(({ real }) => real.totalMs !== undefined);
  const far = through.filter(({ real, model }) => !isNearDowntime(model.downtimeMs, real.downtimeMs));
  if (far.length === 0) return 'No downtime is off by more than a factor of 2 and 30 ms.';
  const fitted = through.filter(({ real }) => {
    const model = modelOf(real, { ...machine, switchMs: fittedSwitchMs });
    return isNearDowntime(model.downtimeMs, real.downtimeMs);
  });
  return `${far.length} of ${through.length} downtimes are off by more than a factor of 2 and 30 ms, all of them modelled too long: idle guests, which the switch-over is read off, stood still longer than most busy ones. Why is not known; it is not the load, which hardly goes with the downtime, neither among idle guests nor among busy ones. With ${fittedSwitchMs} ms instead of ${machine.switchMs} for the switch-over ${fitted.length} of ${through.length} would be near, but that is chosen after seeing these rows, so it does not count.`;
}
