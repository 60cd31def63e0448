import { describe, expect, it } from 'vitest';
import type { HostCapacity } from '#shared/model/host.ts';
import { hostId, taskId } from '#shared/model/ids.ts';
import type { MigrationOptions } from '#shared/model/migration.ts';
import type { Vm } from '#shared/model/vm.ts';
import { someHost, someOptions, someVm } from '#shared/testing/nouns.ts';
import type { View } from '../inventory/inventory.ts';
import type { MigrationFacts } from './facts.ts';
import { planMigration } from './plan.ts';
import { diskApart, gibibyte } from './testing/someDisk.ts';

const here = someHost('server-a');
const there = someHost('server-b');
const third = someHost('server-c', { connection: { state: 'connecting', since: 0 } });
const facts: MigrationFacts = {
  destinationAddress: '192.0.2.2',
  port: { reachable: true },
  migrationPort: 49_152,
  cpu: { compatible: true },
  missingNetworks: [],
  disks: [],
  markersLeft: [],
  shownBytes: new Map(),
};

interface Case {
  readonly vm?: Partial<Vm>;
  readonly options?: Partial<MigrationOptions>;
  readonly facts?: Partial<MigrationFacts>;
  readonly claims?: View['claims'];
  readonly hypervisorVersion?: string;
}

function plan(given: Case = {}) {
  const from = { ...here, capacity: capacityOf(given.hypervisorVersion) };
  const vm = someVm('web-01', from, given.vm);
  const view: View = { clusters: [], hosts: [from, there, third], vms: [vm], claims: given.claims ?? [] };
  const request = { vmId: vm.id, toHostId: there.id, options: someOptions(given.options) };
  return planMigration(view, request, { ...facts, ...given.facts });
}

function capacityOf(hypervisorVersion = '7.2.17'): HostCapacity {
  if (here.capacity === undefined) throw new Error('a host in a test has a capacity');
  return { ...here.capacity, hypervisorVersion };
}

describe('the plan of a migration', () => {
  it('is six steps with reasons, the same to the byte for the same input', () => {
    expect(plan().steps.map(({ id }) => id)).toEqual([
      'initialise',
      'reserve',
      'pre-copy',
      'stop-and-copy',
      'commit',
      'activate',
    ]);
    expect(plan().steps.every(({ reason }) => reason !== '')).toBe(true);
    expect(JSON.stringify(plan())).toBe(JSON.stringify(plan()));
  });

  it('claims the VM, room for it, and the rate that it was given on both links', () => {
    expect(plan({ options: { bandwidthMiBPerSecond: 50 } }).claims).toEqual([
      { kind: 'vm', vmId: 'lab/web-01' },
      { kind: 'name', clusterId: 'lab', name: 'incoming copy of web-01 on server-b' },
      { kind: 'host-memory', hostId: 'server-b', memoryMiB: 2048 },
      { kind: 'host-cpu', hostId: 'server-b', vcpus: 2 },
      { kind: 'link-rate', hostId: 'server-a', rateBytesPerSecond: 50 * 1_048_576 },
      { kind: 'link-rate', hostId: 'server-b', rateBytesPerSecond: 50 * 1_048_576 },
    ]);
  });

  it('gives no two plans the same space: what one claims of a folder, the next one lacks', () => {
    const disk = diskApart({ freeBytesAtDestination: 3 * gibibyte });
    const copying = { options: { copyStorage: true }, facts: { disks: [disk] } };
    const first = plan(copying);
    expect(first.claims).toContainEqual({
      kind: 'pool-bytes',
      hostId: 'server-b',
      path: '/pool/web-01.qcow2',
      bytes: 2 * gibibyte,
    });
    const claims = first.claims.map((claim) => ({ taskId: taskId('t1'), title: 'Migrate db-01', claim }));
    const storage = claims.filter(({ claim }) => claim.kind === 'pool-bytes');
    expect(() => plan({ ...copying, claims: storage })).toThrow(
      expect.objectContaining({ code: 'no-room', message: expect.stringContaining('"Migrate db-01"') }),
    );
    const elsewhere = { ...disk, path: '/other/web-01.qcow2' };
    expect(plan({ ...copying, facts: { disks: [elsewhere] }, claims: storage }).claims).toContainEqual(
      expect.objectContaining({ kind: 'pool-bytes', path: '/other/web-01.qcow2' }),
    );
  });

  it("counts of what others were promised only what the host's own figures do not show yet", () => {
    const memory = {
      taskId: taskId('t1'),
      title: 'Migrate db-01',
      claim: { kind: 'host-memory', hostId: there.id, memoryMiB: 15_000 },
    } as const;
    expect(() => plan({ claims: [memory] })).toThrow(expect.objectContaining({ code: 'no-room' }));
    expect(plan({ claims: [{ ...memory, shownMiB: 8000 }] }).steps).toHaveLength(6);

    const storage = {
      taskId: taskId('t1'),
      title: 'Migrate db-01',
      claim: { kind: 'pool-bytes', hostId: there.id, path: '/pool/db-01.qcow2', bytes: 2 * gibibyte },
    } as const;
    const disks = [diskApart({ freeBytesAtDestination: 3 * gibibyte })];
    const copying = { options: { copyStorage: true }, claims: [storage] };
    expect(() => plan({ ...copying, facts: { disks } })).toThrow(
      expect.objectContaining({ code: 'no-room' }),
    );
    const shownBytes = new Map([['/pool/db-01.qcow2', 1.5 * gibibyte]]);
    expect(plan({ ...copying, facts: { disks, shownBytes } }).steps).toHaveLength(6);
  });

  it('says what other migrations take of the same link meanwhile', () => {
    const other = { kind: 'link-rate', hostId: hostId('server-b'), rateBytesPerSecond: 31_457_280 } as const;
    const { warnings } = plan({ claims: [{ taskId: taskId('t1'), title: 'Migrate db-01', claim: other }] });
    expect(warnings).toContain(
      'Other migrations take up to 30 MiB/s of the link of server-b meanwhile, so this one will take longer than it would alone.',
    );
  });

  it('tells of a marker that may have been left, and what becomes of it', () => {
    const left = { on: 'server-a', file: '/pool/.drover-x' };
    const told = (late: boolean) =>
      plan({ facts: { markersLeft: [late ? { ...left, late } : left] } }).warnings.join(' ');
    expect(told(false)).toMatch(/left on server-a: \/pool\/\.drover-x\. It could not be removed/);
    expect(told(true)).toMatch(/Drover removes it as soon as it is/);
  });

  it('says that memory crosses the network as plaintext, and what post-copy risks', () => {
    expect(plan().warnings.join(' ')).toMatch(/plaintext/);
    expect(plan({ options: { postCopy: true } }).warnings.join(' ')).toMatch(/losing either host/);
  });

  it.each([
    ['qemu', '7.2.17', true],
    ['qemu', '9.0.0', false],
    ['qemu', '10.1.2', false],
    ['kvm', '7.2.17', false],
  ])('warns of lost writes where it must: %s under QEMU %s', (domainType, hypervisorVersion, warned) => {
    const { warnings } = plan({ vm: { domainType }, hypervisorVersion });
    expect(/can lose writes/.test(warnings.join(' '))).toBe(warned);
  });

  it('names the other hosts and ways with what decided against each', () => {
    expect(plan().rejected).toEqual([
      { title: 'To server-c', reason: 'server-c does not answer. Reconnect it first.' },
      expect.objectContaining({ title: 'With post-copy' }),
      expect.objectContaining({ title: 'With auto-converge' }),
      expect.objectContaining({ title: 'Copying the disks' }),
    ]);
  });

  it.each<[string, Partial<MigrationFacts>, string, RegExp]>([
    [
      'a CPU that does not fit',
      { cpu: { compatible: false, cause: 'it lacks avx2' } },
      'cpu-incompatible',
      /CPU of server-b does not fit: it lacks avx2/,
    ],
    [
      'a network that is not there',
      { missingNetworks: ['bridge br7'] },
      'network-missing',
      /server-b lacks .*bridge br7/,
    ],
    [
      'a port that is closed',
      { port: { reachable: false, cause: 'no answer within 3 s' } },
      'migration-port-closed',
      /cannot reach 192\.0\.2\.2 port 49152.*no answer within 3 s/,
    ],
  ])('refuses %s', (_what, changed, code, message) => {
    expect(() => plan({ facts: changed })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
