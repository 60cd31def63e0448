import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallScenario } from '#shared/scenario/testing/smallScenario.ts';
import { openScenario, tryScenario } from './openScenario.ts';
import { scenarioSchema } from './scenario.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-scenario-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (text: string, seed = 1) => openScenario({ name: 'small.yaml', text, folder }, seed).scenario;

function problems(text: string): string {
  const tried = tryScenario({ name: 'small.yaml', text, folder }, 1);
  return 'problems' in tried
    ? tried.problems.map(({ line, where, reason }) => `${line} ${where}: ${reason}`).join('\n')
    : 'none';
}

describe('a cluster that is made of a scenario', () => {
  it('has each host, file and VM by itself', () => {
    const scenario = open(smallScenario);
    scenarioSchema.parse(scenario);
    expect(scenario.startsAt).toBe(Date.UTC(2026, 0, 5, 18));
    expect(
      scenario.hosts.map(({ name, title, address, switch: hung, memoryMiB }) => [
        name,
        title,
        address,
        hung,
        memoryMiB,
      ]),
    ).toEqual([
      ['node-1', 'Node 1', '10.90.0.11', 'rack-1', 32_768],
      ['node-2', 'Node 2', '10.90.0.12', 'rack-2', 32_768],
      ['edge', 'edge', '10.90.0.13', 'rack-2', 8192],
    ]);
    expect(scenario.hosts[0]?.power).toEqual([90, 111, 132, 153, 174, 195, 216, 237, 258, 279, 300]);
    expect(scenario.hosts[2]).toMatchObject({ clockAheadMs: 1500, networks: [{ name: 'br0' }] });
    expect(scenario.pools[1]).toMatchObject({ kind: 'dir', hosts: ['node-1', 'node-2'] });
    expect(scenario.images).toContainEqual({
      path: '/srv/local/database.qcow2',
      format: 'qcow2',
      virtualGiB: 20,
      usedGiB: 10,
      host: 'node-1',
    });
    expect(scenario.images).toContainEqual(
      expect.objectContaining({
        path: '/srv/shared/web-3.qcow2',
        backing: '/srv/shared/templates/debian.qcow2',
      }),
    );
    expect(scenario.vms.map(({ name }) => name)).toEqual(['web-1', 'web-2', 'web-3', 'web-4', 'database']);
    expect(scenario.vms[4]?.workload.cpu).toEqual({
      kind: 'step',
      cores: 0.5,
      steps: [
        { afterMs: 60_000, cores: 2 },
        { afterMs: 300_000, cores: 1 },
      ],
    });
    expect(scenario.timeline.map(({ afterMs, action }) => [afterMs, action.kind])).toEqual([
      [30_000, 'surge'],
      [60_000, 'migrate-vm'],
      [120_000, 'power-off'],
    ]);
    expect(scenario.timeline[0]?.action).toMatchObject({
      vms: ['web-1', 'web-2', 'web-3', 'web-4', 'database'],
    });
  });

  it('is the same for the same seed, and another for another', () => {
    expect(open(smallScenario, 7)).toEqual(open(smallScenario, 7));
    expect(open(smallScenario, 7).vms).not.toEqual(open(smallScenario, 8).vms);
  });

  it('does not change its VMs where one is added', () => {
    const more = smallScenario.replace('count: 4', 'count: 5');
    const before = open(smallScenario).vms;
    const after = open(more).vms;
    for (const vm of before) {
      const { host: _, ...rest } = after.find(({ name }) => name === vm.name) ?? { host: '' };
      const { host: __, ...was } = vm;
      expect(rest).toEqual(was);
    }
  });

  it('shifts a day to either side', () => {
    const text = smallScenario
      .replace('{ between: [-3, 3] }', '{ normal: { mean: -3, deviation: 1 } }')
      .replace('{ oneOf: [web, office] }', 'web');
    const peaks = open(text).vms.flatMap(({ workload: { cpu } }) =>
      cpu.kind === 'diurnal' ? [cpu.peakHour] : [],
    );
    expect(peaks).toHaveLength(4);
    for (const peak of peaks) expect(Math.abs(peak - 11)).toBeLessThanOrEqual(4);
    expect(new Set(peaks).size).toBe(4);
  });

  it('draws what it was told to', () => {
    const text = smallScenario
      .replace('count: 4', 'count: 2000')
      .replace('cores: 8, memoryGiB: 32', 'cores: 8, memoryGiB: 4000')
      .replace('capacityGiB: 100', 'capacityGiB: 10000');
    const vms = open(text).vms.slice(0, 2000);
    const share = (is: (vm: (typeof vms)[number]) => boolean) => vms.filter(is).length / vms.length;
    expect(share(({ vcpus }) => vcpus === 1)).toBeCloseTo(0.75, 1);
    expect(share(({ running }) => running)).toBeCloseTo(0.5, 1);
    expect(share(({ workload }) => workload.cpu.kind === 'trace')).toBeCloseTo(0.5, 1);
    expect(
      vms.every(({ memoryMiB }) => memoryMiB >= 1024 && memoryMiB <= 2048 && memoryMiB % 128 === 0),
    ).toBe(true);
    const mean = vms.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0) / vms.length;
    expect(mean / 1536).toBeCloseTo(1, 1);
  });

  it.each([
    ['spread', [2, 2]],
    ['fill', [4, 0]],
  ] as const)('places by %s', (placement, expected) => {
    const text = smallScenario
      .replace('count: 4', `count: 4\n    hosts: [node]\n    placement: ${placement}`)
      .replace('host: node-1', 'host: node-2')
      .replace(', hosts: [node] }', ' }')
      .replace('memoryGiB: 8\n', 'memoryGiB: 0.1\n')
      .replace('{ between: [1, 2] }', '1');
    const { vms } = open(text);
    const on = (host: string) => vms.filter((vm) => vm.host === host && vm.name !== 'database').length;
    expect([on('node-1'), on('node-2')]).toEqual(expected);
  });

  it('is refused where VMs find no room or files are larger than their pool', () => {
    expect(problems(smallScenario.replace('count: 4', 'count: 90'))).toMatch(
      /^30 vms\[0\]: web-\d+ finds no room: no host has [\d.]+ GiB of memory left$/,
    );
    expect(problems(smallScenario.replace('capacityGiB: 100', 'capacityGiB: 5'))).toBe(
      '19 pools[0].capacityGiB: the files in shared take 6 GiB, which is more than 5',
    );
  });
});

describe('traces', () => {
  const withTrace = (trace: string) =>
    smallScenario.replace('office: { percents: [10, 50, 20], every: 5min }', `office: ${trace}`);

  it('are read from a CSV file, and from a folder with a file a VM', () => {
    writeFileSync(join(folder, 'cpu.csv'), 'time,cpu\n0,10\n300,20.5\n600,30\n');
    const csv = open(withTrace('{ file: cpu.csv, column: cpu, every: 5min }'));
    expect(csv.traces).toEqual({ 'office/0': { intervalMs: 300_000, percents: [10, 20.5, 30] } });
    mkdirSync(join(folder, 'day'));
    writeFileSync(join(folder, 'day', 'b_vm'), '5\n6\n');
    writeFileSync(join(folder, 'day', 'a_vm'), '1\n2\n3\n');
    const day = open(withTrace('{ folder: day }').replace('{ oneOf: [web, office] }', 'office'));
    expect(day.traces['office/0']?.percents).toEqual([1, 2, 3]);
    const follows = day.vms.map(({ workload: { cpu } }) => (cpu.kind === 'trace' ? cpu.trace : cpu.kind));
    expect(follows).toEqual(['office/0', 'office/1', 'office/0', 'office/1', 'step']);
  });

  it('are made in the shape of recordings', () => {
    const { traces } = open(withTrace('{ made: { count: 300 } }'));
    const all = Object.values(traces).flatMap(({ percents }) => percents);
    expect(all).toHaveLength(300 * 288);
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    expect(mean).toBeGreaterThan(9);
    expect(mean).toBeLessThan(15);
  });

  it.each([
    ['10\n\n20\n', /24 traces.office.file: .*cpu.csv has a hole in line 2/],
    ['10\n120\n', /says 120 in line 2, which is no percentage/],
    ['cpu\nten\n', /says ten in line 2/],
    ['cpu\n', /cpu.csv holds no values/],
    ['', /cpu.csv is empty/],
  ])('with what is no percentage are refused: %j', (text, reason) => {
    writeFileSync(join(folder, 'cpu.csv'), text);
    expect(problems(withTrace('{ file: cpu.csv, every: 5min }'))).toMatch(reason);
  });

  it('that are not there are refused', () => {
    expect(problems(withTrace('{ file: none.csv, every: 5min }'))).toMatch(
      /24 traces.office.file: there is no .*none.csv; paths begin at the scenario's own folder/,
    );
    expect(problems(withTrace('{ folder: none }'))).toMatch(
      /24 traces.office.folder: there is no .*none; paths begin/,
    );
    writeFileSync(join(folder, 'cpu.csv'), 'time,load\n1,2\n');
    expect(problems(withTrace('{ file: cpu.csv, column: cpu, every: 5min }'))).toMatch(
      /has no column cpu; it has time, load/,
    );
  });
});
