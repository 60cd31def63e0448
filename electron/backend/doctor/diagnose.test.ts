import { describe, expect, it } from 'vitest';
import type { Finding, FindingLevel } from '#shared/model/diagnosis.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import { diagnose } from './diagnose.ts';
import { gibibyte, here, kvm, network, pool, told, vm, wrong } from './testing/soundHost.ts';

function ofHost(changes: Partial<HostInspection>): readonly Finding[] {
  const host = { host: here, vms: [vm], inspection: told(changes) };
  return diagnose({ at: 0, host, peers: [] }).findings;
}

describe('what the doctor says of a host', () => {
  it('finds nothing wrong with one that is sound', () => {
    const findings = ofHost({});
    expect(wrong(findings)).toEqual([]);
    expect(findings.length).toBeGreaterThan(8);
  });

  it.each<[string, Partial<HostInspection>, FindingLevel, string, RegExp, RegExp, RegExp]>([
    [
      'an old libvirt',
      { libvirtVersion: '6.0.0' },
      'warning',
      'libvirt',
      /libvirt 6\.0\.0 is too old for some of what Drover does/,
      /post-copy whose link breaks cannot be taken up again/,
      /^sudo apt install --only-upgrade libvirt/,
    ],
    [
      'a processor without virtualisation',
      { kvm: 'absent', kvmFacts: { ...kvm, device: false, cpuFlag: 'none', moduleLoaded: false } },
      'blocking',
      'kvm',
      /server-a has no KVM/,
      /firmware \(BIOS\) has it switched off\. web-01 cannot start here/,
      /\/proc\/cpuinfo/,
    ],
    [
      'a kernel module that is not loaded',
      { kvm: 'absent', kvmFacts: { ...kvm, device: false, cpuFlag: 'svm', moduleLoaded: false } },
      'blocking',
      'kvm',
      /has no KVM/,
      /kernel module kvm_amd is not loaded/,
      /^sudo modprobe kvm_amd$/,
    ],
    [
      'a host that is itself a VM',
      { kvm: 'absent', kvmFacts: { ...kvm, device: false, cpuFlag: 'none', virtual: true } },
      'blocking',
      'kvm',
      /has no KVM/,
      /is itself a virtual machine/,
      /nested/,
    ],
    [
      'a KVM that QEMU may not use',
      { kvm: 'refused' },
      'blocking',
      'kvm',
      /has no KVM/,
      /belongs to root:kvm 660/,
      /usermod -aG kvm/,
    ],
    [
      'a login that only reads',
      { mayWrite: false },
      'blocking',
      'rights',
      /ann may look at VMs on server-a and change nothing/,
      /only reads/,
      /^sudo usermod -aG libvirt ann$/,
    ],
    [
      'a clock that is ahead',
      { clockAheadMs: 3000 },
      'warning',
      'clock',
      /clock of server-a is 3 s ahead of this workstation's/,
      /do not fit together/,
      /ntpq|chronyc|timedatectl/,
    ],
    [
      'a clock that nobody keeps',
      { clockKept: { synchronised: false } },
      'warning',
      'clock.kept',
      /No time server keeps the clock/,
      /drifts/,
      /^sudo apt install chrony$/,
    ],
    [
      'a stopped pool',
      { pools: [{ ...pool, active: false }] },
      'warning',
      'pool.default',
      /pool default is not started/,
      /cannot be looked at or made/,
      /pool-start default$/,
    ],
    [
      'a pool that stays stopped after a restart',
      { pools: [{ ...pool, autostart: false }] },
      'warning',
      'pool.default.autostart',
      /does not start with server-a/,
      /stays stopped/,
      /pool-autostart default$/,
    ],
    [
      'a pool that is nearly full',
      { pools: [{ ...pool, availableBytes: 20 * gibibyte }] },
      'warning',
      'pool.default.room',
      /nearly full: 20 GiB of 0\.977 TiB free/,
      /paused at its next write/,
      /^sudo sh -c 'du/,
    ],
    [
      'a pool without room',
      { pools: [{ ...pool, availableBytes: gibibyte / 10 }] },
      'blocking',
      'pool.default.room',
      /nearly full: 102 MiB of/,
      /paused/,
      /du/,
    ],
    [
      'a pool that this login may not write to',
      { pools: [{ ...pool, writable: false }] },
      'warning',
      'rights.storage',
      /ann may not write into the folders of default/,
      /disks count as not shared/,
      /^sudo setfacl -m u:ann:rwx/,
    ],
    [
      'a file system that is nearly full',
      {
        fileSystems: [
          { path: '/var/lib/libvirt', capacityBytes: 100 * gibibyte, availableBytes: gibibyte / 10 },
        ],
      },
      'blocking',
      'disk./var/lib/libvirt',
      /\/var\/lib\/libvirt.*102 MiB of 100 GiB/,
      /./,
      /du/,
    ],
    [
      'a stopped network',
      { networks: [{ ...network, active: false }] },
      'warning',
      'network.default',
      /network default is not started/,
      /cannot start or be migrated here/,
      /net-start default$/,
    ],
    [
      'a network that stays stopped after a restart',
      { networks: [{ ...network, autostart: false }] },
      'warning',
      'network.default.autostart',
      /does not start with server-a/,
      /cannot start/,
      /net-autostart default$/,
    ],
    [
      'a host short of memory',
      { memoryFreeMiB: 500 },
      'warning',
      'memory',
      /Only 500 MiB of 64 GiB of memory is free/,
      /No further VM fits/,
      /^ps /,
    ],
    [
      'a program that is missing',
      { missingPrograms: ['qemu-img'] },
      'warning',
      'programs',
      /server-a lacks qemu-img/,
      /cannot be planned without/,
      /^sudo apt install qemu-utils$/,
    ],
    [
      'a daemon that does not start with its host',
      { daemon: { kind: 'virtqemud', autostart: false } },
      'warning',
      'daemon',
      /virtqemud does not start with server-a/,
      /nobody could reach its VMs/,
      /^sudo systemctl enable virtqemud/,
    ],
  ])('finds %s', (_what, changes, level, check, title, cause, fix) => {
    const [first, ...more] = wrong(ofHost(changes));
    expect(first).toMatchObject({ level, check });
    expect(first?.title).toMatch(title);
    expect(first?.cause ?? '').toMatch(cause);
    expect(first?.fix?.command ?? '').toMatch(fix);
    expect(more).toEqual([]);
  });

  it('offers no command without a folder to run it on', () => {
    const { path: _unknown, ...nowhere } = pool;
    const [rights] = wrong(ofHost({ pools: [{ ...nowhere, writable: false }] }));
    expect(rights).toMatchObject({ check: 'rights.storage' });
    expect(rights).not.toHaveProperty('fix');
  });

  it('tells of a file system once, with the pool that lies in it, however large others are', () => {
    const root = { path: '/', device: '7', capacityBytes: pool.capacityBytes, availableBytes: gibibyte };
    const disksOf = (device: string) =>
      ofHost({ pools: [{ ...pool, device }], fileSystems: [root] }).filter(({ check }) =>
        check.startsWith('disk.'),
      );
    expect(disksOf('7')).toEqual([]);
    expect(disksOf('8')).toMatchObject([{ check: 'disk./', level: 'blocking' }]);
  });

  it('tells what could not be found out, and a host that does not answer', () => {
    const asked = (inspection: { kind: 'silent' | 'failed'; why: string }) =>
      diagnose({ at: 0, host: { host: here, vms: [], inspection }, peers: [] }).findings;
    expect(asked({ kind: 'silent', why: 'no route' })).toMatchObject([
      { level: 'blocking', check: 'connection', cause: 'no route' },
    ]);
    expect(asked({ kind: 'failed', why: 'late' })).toMatchObject([{ level: 'warning', check: 'inspection' }]);
  });
});
