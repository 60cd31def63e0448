import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryRequest } from '#shared/model/history.ts';
import { clusterId, hostId, vmId } from '#shared/model/ids.ts';
import { clusterMetrics, hostMetrics, type Samples, vmMetrics } from '#shared/model/samples.ts';
import { type History, openHistory } from './history.ts';

const cluster = clusterId('lab');
const alpha = hostId('alpha');
const web = vmId(cluster, '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaa01');
const start = Date.UTC(2026, 10, 25, 8);
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

type Values = Readonly<Record<string, number | null>>;

function samples(at: number, host: Values, vm?: Values): Samples {
  const column = (names: readonly string[], rows: readonly Values[]) =>
    Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
  const vms = vm === undefined ? [] : [vm];
  return {
    hosts: { at, hostIds: [alpha], ...column(hostMetrics, [host]) },
    vms: { at, vmIds: vm === undefined ? [] : [web], ...column(vmMetrics, vms) },
    clusters: { at, clusterIds: [cluster], ...column(clusterMetrics, [{ ...host, hostsMeasured: 1 }]) },
  } as unknown as Samples;
}

describe('history', () => {
  let folder: string;
  let complaints: string[];
  let history: History;
  const open = () => openHistory(folder, (what) => complaints.push(what));
  const record = (from: number, to: number, everyMs: number, cpuShare: (at: number) => number | null) => {
    for (let at = from; at < to; at += everyMs)
      history.append(samples(at, { cpuShare: cpuShare(at) }), cluster, everyMs);
  };
  const cpu = (request: Partial<HistoryRequest> & Pick<HistoryRequest, 'spanMs'>) => {
    const { at, stepMs, columns } = history.read({
      subject: { kind: 'host', id: alpha },
      metrics: ['cpuShare'],
      points: 500,
      ...request,
    });
    const [column] = columns;
    return {
      at,
      stepMs,
      mean: column?.mean ?? [],
      least: column?.least ?? [],
      greatest: column?.greatest ?? [],
    };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-history-'));
    complaints = [];
    history = open();
  });
  afterEach(() => {
    history.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives the last quarter of an hour as it was measured', () => {
    record(start, start + hour, 2 * second, (at) => ((at / second) % 60) / 60);
    const { at, stepMs, mean } = cpu({ spanMs: 15 * minute });
    expect(stepMs).toBe(0);
    expect(at).toHaveLength(451);
    expect(at.at(-1)).toBe(start + hour - 2 * second);
    expect(mean.at(-1)).toBeCloseTo(58 / 60, 5);
    expect(mean).not.toContain(null);
  });

  it.each([
    ['an hour', hour, 2 * second, 15 * second, 241],
    ['six hours', 6 * hour, 10 * second, minute, 361],
    ['a day', 24 * hour, 10 * second, 5 * minute, 289],
  ])('gives %s rolled up, with the peak of one look still in it', (_what, spanMs, everyMs, stepMs, count) => {
    const end = start + spanMs;
    const peakAt = start + spanMs / 2;
    record(start - hour, end, everyMs, (at) => (at === peakAt ? 1 : 0.25));
    const drawn = cpu({ spanMs });
    expect(drawn.stepMs).toBe(stepMs);
    expect(drawn.at.length).toBeGreaterThanOrEqual(count - 2);
    expect(drawn.at.length).toBeLessThanOrEqual(count + 1);
    const place = drawn.at.findIndex((at) => at <= peakAt && peakAt < at + stepMs);
    expect(drawn.greatest[place]).toBe(1);
    expect(drawn.mean[place]).toBeLessThan(0.4);
    expect(drawn.least[place]).toBe(0.25);
    expect(Math.max(...drawn.greatest.map((value) => value ?? 0))).toBe(1);
    // Fewer points than there are keep the peak as well.
    const few = cpu({ spanMs, points: 30 });
    expect(few.at.length).toBeLessThanOrEqual(31);
    expect(Math.max(...few.greatest.map((value) => value ?? 0))).toBe(1);
  });

  it('is not changed by whoever reads while it is written', () => {
    for (let at = start; at < start + hour; at += 2 * second) {
      record(at, at + 1, 2 * second, () => 0.5);
      if (at % minute === 0) cpu({ spanMs: 6 * hour });
    }
    const { mean } = cpu({ spanMs: 6 * hour });
    expect(new Set(mean)).toEqual(new Set([0.5]));
  });

  it('leaves gaps open: a silent host, and Drover that did not run', () => {
    record(start, start + 10 * minute, 2 * second, () => 0.5);
    record(start + 20 * minute, start + 30 * minute, 2 * second, () => 0.5);
    history.close();
    history = open();
    record(start + 40 * minute, start + 50 * minute, 2 * second, () => 0.5);
    const { at, mean } = cpu({ spanMs: hour });
    const gaps = at.filter((_, index) => mean[index] === null).map((each) => (each - start) / minute);
    expect(gaps).toHaveLength(2);
    expect(gaps[0]).toBeGreaterThanOrEqual(10);
    expect(gaps[0]).toBeLessThan(20);
    expect(gaps[1]).toBeGreaterThanOrEqual(30);
    expect(gaps[1]).toBeLessThan(40);
    expect(mean[0]).toBe(0.5);
  });

  it('goes on where it left off, the rest of a chunk included', () => {
    record(start, start + 10 * minute + 20 * second, 2 * second, () => 0.5);
    history.close();
    history = open();
    record(start + 10 * minute + 22 * second, start + 11 * minute, 2 * second, () => 0.5);
    const { at } = cpu({ spanMs: 15 * minute });
    expect(new Set(at).size).toBeGreaterThanOrEqual(330);
    expect(at).toEqual([...at].sort((left, right) => left - right));
  });

  it('lets a column that is measured seldom stand until its turn comes, and no longer', () => {
    for (let number = 0; number < 30; number += 1) {
      const dear = number % 5 === 0 && number < 20 ? { memoryUsedMiB: 64 } : {};
      history.append(samples(start + number * 2000, {}, { cpuShare: 0.1, ...dear }), cluster, 2000);
    }
    const { columns } = history.read({
      subject: { kind: 'vm', id: web },
      metrics: ['memoryUsedMiB'],
      spanMs: 15 * minute,
      points: 500,
    });
    expect(columns[0]?.mean).toEqual([...Array<number>(20).fill(64), ...Array<null>(10).fill(null)]);
  });

  it('keeps what a fast simulated clock leaves, though its sweeps are minutes apart', () => {
    record(start, start + 24 * hour, 5 * minute, () => 0.5);
    for (const spanMs of [15 * minute, hour, 24 * hour]) {
      const { at, mean } = cpu({ spanMs });
      expect(at.length).toBeGreaterThanOrEqual(Math.floor(spanMs / (5 * minute)) - 1);
      expect(mean).not.toContain(null);
    }
  });

  it('never grows beyond its rings, and forgets a cluster wholly', () => {
    const size = () => statSync(join(folder, 'history.db')).size;
    record(start, start + 27 * hour, 15 * second, () => 0.5);
    history.close();
    const full = size();
    history = open();
    record(start + 27 * hour, start + 54 * hour, 15 * second, () => 0.5);
    history.close();
    expect(size()).toBeLessThan(full * 1.1);
    history = open();
    history.forget(cluster);
    expect(cpu({ spanMs: 24 * hour, to: start + 54 * hour }).at).toEqual([]);
  });

  it('that is no database is set aside and begun anew, which is told', () => {
    history.close();
    writeFileSync(join(folder, 'history.db'), 'no database at all, '.repeat(1000));
    rmSync(join(folder, 'history.db-wal'), { force: true });
    history = open();
    record(start, start + minute, 2 * second, () => 0.5);
    const read = history.read({
      subject: { kind: 'host', id: alpha },
      metrics: ['cpuShare'],
      spanMs: hour,
      points: 500,
    });
    expect(read.at.length).toBeGreaterThan(2);
    expect(read.trouble?.code).toBe('history-lost');
    expect(existsSync(join(folder, 'history.db.damaged'))).toBe(true);
    expect(complaints).toHaveLength(1);
  });

  it('that is damaged while it is used goes on with an empty one', () => {
    record(start, start + 3 * hour, 2 * second, () => 0.5);
    history.close();
    const path = join(folder, 'history.db');
    const checkpoint = new Database(path);
    checkpoint.pragma('wal_checkpoint(TRUNCATE)');
    checkpoint.close();
    const size = statSync(path).size;
    const handle = openSync(path, 'r+');
    writeSync(handle, Buffer.alloc(size - 8 * 4096, 0xa5), 0, size - 8 * 4096, 8 * 4096);
    closeSync(handle);
    history = open();
    record(start + 3 * hour, start + 4 * hour, 2 * second, () => 0.5);
    history.read({
      subject: { kind: 'host', id: alpha },
      metrics: ['cpuShare'],
      spanMs: 6 * hour,
      points: 500,
    });
    record(start + 4 * hour, start + 5 * hour, 2 * second, () => 0.75);
    const { trouble } = history.read({
      subject: { kind: 'host', id: alpha },
      metrics: ['cpuShare'],
      spanMs: hour,
      points: 500,
    });
    expect(trouble?.code).toBe('history-lost');
    expect(cpu({ spanMs: 30 * minute }).mean.at(-1)).toBe(0.75);
  });
});
