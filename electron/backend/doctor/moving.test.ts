import { describe, expect, it } from 'vitest';
import type { FindingLevel } from '#shared/model/diagnosis.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import { diagnose } from './diagnose.ts';
import type { FolderFacts, WayFacts } from './facts.ts';
import { here, there, told, vm, wrong } from './testing/soundHost.ts';

const reached = { reachable: true, how: 'closed' } as const;
const way: WayFacts = {
  cpu: { kind: 'told', value: { compatible: true } },
  resolves: { kind: 'told', value: true },
  ports: { kind: 'told', value: { address: '10.0.0.2', first: reached, last: reached } },
  networks: { kind: 'told', value: [{ name: 'br0', vms: ['web-01'] }] },
};
const closed = { reachable: false, cause: 'no answer' } as const;

function toPeer(input: {
  readonly way?: Partial<WayFacts>;
  readonly facts?: Partial<HostInspection>;
  readonly folders?: readonly FolderFacts[];
}) {
  const { folders = [{ path: '/srv', proof: 'shared' }] } = input;
  const peer = {
    host: there,
    vms: [],
    inspection: told({ hostname: 'server-b', ...input.facts }),
    ways: { to: { ...way, ...input.way }, from: way, folders },
  };
  const host = { host: here, vms: [vm], inspection: told() };
  const [peers] = diagnose({ at: 0, host, peers: [peer] }).peers;
  return peers ?? { to: [], from: [] };
}

describe('what the doctor says of the way to another host', () => {
  it('finds nothing in the way where there is nothing', () => {
    const { to, from } = toPeer({});
    expect(wrong([...to, ...from])).toEqual([]);
    expect(to.map(({ check }) => check)).toEqual(
      expect.arrayContaining(
        ['cpu', 'storage', 'port', 'name', 'network', 'tls'].map((what) => `migration.${what}`),
      ),
    );
  });

  it.each<[string, Parameters<typeof toPeer>[0], FindingLevel, string, RegExp, RegExp]>([
    [
      'a CPU that lacks something',
      {
        way: { cpu: { kind: 'told', value: { compatible: false, cause: 'no' } } },
        facts: { cpuFlags: ['aes'] },
      },
      'warning',
      'migration.cpu',
      /VMs that have the very CPU of server-a cannot move to server-b/,
      /It lacks avx\./,
    ],
    [
      'a CPU that could not be compared',
      { way: { cpu: { kind: 'failed', why: 'late' } } },
      'warning',
      'migration.cpu',
      /Could not find out/,
      /late/,
    ],
    [
      'a machine type that one VM needs',
      { facts: { machineTypes: ['pc-q35-7.1'] } },
      'warning',
      'migration.machine',
      /web-01 cannot move to server-b/,
      /does not know the machine type pc-q35-7\.2\. The newest that both have: pc-q35-7\.1/,
    ],
    [
      'no machine type in common',
      { facts: { machineTypes: ['pc-q35-9.0'] } },
      'blocking',
      'migration.machine',
      /no machine type in common/,
      /too far apart/,
    ],
    [
      'a closed migration port',
      { way: { ports: { kind: 'told', value: { address: '10.0.0.2', first: closed } } } },
      'blocking',
      'migration.port',
      /does not reach the migration ports of server-b/,
      /10\.0\.0\.2 on TCP ports 49152 to 49215, and port 49152 is not reached: no answer/,
    ],
    [
      'ports of which only the first is open',
      { way: { ports: { kind: 'told', value: { address: '10.0.0.2', first: reached, last: closed } } } },
      'warning',
      'migration.port',
      /only some of the migration ports/,
      /port 49215 is not reached/,
    ],
    [
      'a missing bridge',
      {
        way: {
          networks: { kind: 'told', value: [{ name: 'br0', vms: ['web-01'], trouble: 'no bridge br0' }] },
        },
      },
      'warning',
      'migration.network',
      /web-01 cannot move to server-b/,
      /no bridge br0/,
    ],
    [
      'a marker that was left',
      {
        folders: [{ path: '/srv', proof: 'shared', left: { on: 'server-a', file: '/srv/.drover-x' } }],
      },
      'warning',
      'migration.storage.marker',
      /A marker may have been left on server-a/,
      /nothing reads/,
    ],
  ])('finds %s', (_what, input, level, check, title, cause) => {
    const [first, ...more] = wrong(toPeer(input).to);
    expect(first).toMatchObject({ level, check });
    expect(first?.title).toMatch(title);
    expect(first?.cause ?? '').toMatch(cause);
    expect(more).toEqual([]);
  });

  it.each([
    ['a name that does not resolve', { way: { resolves: { kind: 'told', value: false } } }, 'migration.name'],
    ['folders of their own', { folders: [{ path: '/srv', proof: 'separate' }] }, 'migration.storage'],
    ['TLS on one only', { facts: { migrationTls: 'ready' } }, 'migration.tls'],
  ] as const)('notes %s, which stops nothing', (_what, input, check) => {
    const found = toPeer(input).to.find((each) => each.check === check);
    expect(found).toMatchObject({ level: 'fine' });
  });

  it('says of a silent peer that it could not be asked, both ways', () => {
    const peer = { host: there, vms: [], inspection: { kind: 'silent', why: 'no route' } as const };
    const host = { host: here, vms: [vm], inspection: told() };
    const [said] = diagnose({ at: 0, host, peers: [peer] }).peers;
    for (const way of [said?.to, said?.from])
      expect(way).toMatchObject([{ level: 'warning', check: 'migration.peer', cause: 'no route' }]);
  });
});
