import { happeningInWords } from '#shared/model/happening.ts';
import { bytesInWords, millisecondsInWords, threeDigits } from '#shared/model/quantityWords.ts';
import type { LoadFigures, MigrationFigures, SimulationResult } from '../../world/batch/results.ts';
import { table } from './output.ts';

/** Of more than these the most telling are shown; all are in the JSON. */
const mostRows = 20;

/** What a simulation came to, for people. */
export function simulationInWords(result: SimulationResult): string {
  const { title, scenario, seed, startedAt, endedAt } = result;
  return [
    `${title} (${scenario}), seed ${seed}: ${millisecondsInWords(endedAt - startedAt)} from ${timeOf(startedAt)} on.`,
    ...hostsInWords(result),
    ...serviceInWords(result),
    ...migrationsInWords(result),
    ...failuresInWords(result),
    ...refusedInWords(result),
  ].join('\n');
}

function hostsInWords({ hosts, cluster }: SimulationResult): readonly string[] {
  const shown = [...hosts].sort((one, other) => other.cpuMeanPercent - one.cpuMeanPercent).slice(0, mostRows);
  const kept = hosts.filter((host) => shown.includes(host));
  const rows = kept.map((host) => [host.name, ...loadCells(host)]);
  const header = [
    'host',
    'CPU',
    '95 %',
    'most',
    'memory',
    'most',
    'unmet CPU',
    'short of CPU',
    'energy',
    'VMs',
  ];
  return [
    '',
    table(header, [...rows, ['all hosts', ...loadCells(cluster)]]),
    ...(kept.length < hosts.length
      ? [`The ${kept.length} busiest of ${hosts.length} hosts; --json has all.`]
      : []),
  ];
}

function loadCells(load: LoadFigures): readonly string[] {
  return [
    percent(load.cpuMeanPercent),
    percent(load.cpu95Percent),
    percent(load.cpuMaxPercent),
    percent(load.memoryMeanPercent),
    percent(load.memoryMaxPercent),
    percent(load.unmetCpuPercent),
    percent(load.shortOfCpuPercent),
    `${threeDigits(load.energyKWh)} kWh`,
    String(load.vmsRunningAtEnd),
  ];
}

function serviceInWords({ cluster }: SimulationResult): readonly string[] {
  const { cpuFullPercent, memoryTightPercent, swappingPercent, unmetCpuPercent, shortOfCpuPercent } = cluster;
  return [
    '',
    `Service: VMs did not get ${percent(unmetCpuPercent)} of the CPU they asked for, and were short of it in ${percent(shortOfCpuPercent)} of their time. Hosts had no core free in ${percent(cpuFullPercent)} of theirs, hardly any memory in ${percent(memoryTightPercent)}, and swapped in ${percent(swappingPercent)}.`,
  ];
}

function migrationsInWords({ cluster, migrations }: SimulationResult): readonly string[] {
  const { migrationsDone, migrationsFailed, migrationsRefused, migrationsUnderWay } = cluster;
  if (migrations.length + migrationsUnderWay === 0) return ['', 'Migrations: none.'];
  const counts = [
    `${migrationsDone} done`,
    ...(migrationsFailed > 0 ? [`${migrationsFailed} failed`] : []),
    ...(migrationsRefused > 0 ? [`${migrationsRefused} refused`] : []),
    ...(migrationsUnderWay > 0 ? [`${migrationsUnderWay} under way at the end`] : []),
  ];
  const moved = migrations.filter(({ outcome }) => outcome !== 'refused');
  const longest = new Set(
    [...moved].sort((one, other) => (other.totalMs ?? 0) - (one.totalMs ?? 0)).slice(0, mostRows),
  );
  const rows = moved.filter((each) => longest.has(each)).map(migrationCells);
  return [
    '',
    `Migrations: ${counts.join(', ')}.`,
    ...(rows.length === 0
      ? []
      : [table(['VM', 'from', 'to', 'outcome', 'rounds', 'sent', 'time', 'downtime'], rows)]),
    ...(rows.length < moved.length ? [`The ${rows.length} longest of ${moved.length}; --json has all.`] : []),
  ];
}

function migrationCells(move: MigrationFigures): readonly string[] {
  const { vm, from = '', to = '', outcome, rounds, memoryBytes, diskBytes, totalMs, downtimeMs } = move;
  return [
    vm,
    from,
    to,
    outcome,
    rounds === undefined ? '' : String(rounds),
    memoryBytes === undefined ? '' : bytesInWords(memoryBytes + (diskBytes ?? 0)),
    totalMs === undefined ? '' : millisecondsInWords(totalMs),
    downtimeMs === undefined ? '' : millisecondsInWords(downtimeMs),
  ];
}

function failuresInWords({ cluster, failures, startedAt }: SimulationResult): readonly string[] {
  if (failures.length === 0) return ['', 'Failures: none.'];
  const rows = failures
    .slice(0, mostRows)
    .map(({ at, kind, object, vms, recovered, recoveredMs }) => [
      `+${millisecondsInWords(at - startedAt)}`,
      kind,
      object,
      String(vms),
      String(recovered),
      recoveredMs === undefined ? 'not all' : millisecondsInWords(recoveredMs),
    ]);
  return [
    '',
    `Failures: ${failures.length}, with ${cluster.restarts} VMs restarted and ${cluster.vmsStillDown} still down at the end.`,
    table(['at', 'what', 'object', 'VMs', 'back', 'all back after'], rows),
    ...(rows.length < failures.length
      ? [`The first ${rows.length} of ${failures.length}; --json has all.`]
      : []),
  ];
}

function refusedInWords({ happenings, startedAt }: SimulationResult): readonly string[] {
  const refused = happenings.filter(({ outcome }) => outcome === 'refused' || outcome === 'failed');
  if (refused.length === 0) return [];
  const shown = refused.slice(0, mostRows);
  return [
    '',
    'What was not done:',
    ...shown.map((each) => `  +${millisecondsInWords(each.at - startedAt)}  ${happeningInWords(each)}`),
    ...(shown.length < refused.length
      ? [`  and ${refused.length - shown.length} more; --json has all.`]
      : []),
  ];
}

const percent = (value: number): string => `${threeDigits(Math.round(value * 10) / 10)} %`;

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
