import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationOf, diskBuses } from './configuration.ts';
import { parseInterfaces } from './domainInterfaces.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

function domain({
  memory = '4194304',
  cpu = "<cpu mode='host-model'/>",
  os = "<type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/><boot dev='network'/>",
  devices = '',
  attributes = '',
}) {
  return `<domain type='kvm'><uuid>u</uuid><name>web-01</name><memory unit='KiB'>${memory}</memory>
    <vcpu current='2'>8</vcpu><os ${attributes}>${os}</os>${cpu}<clock offset='localtime'/><devices>${devices}</devices></domain>`;
}

const fact = (xml: string, name: string, next?: string) =>
  configurationOf(xml, next).find((each) => each.name === name);

describe('the configuration in words', () => {
  it('says what libvirt 9.0 wrote of a running domain', () => {
    const facts = configurationOf(fixture('running.xml'));
    expect(facts).toContainEqual({ name: 'vCPUs', value: '1, at most 2' });
    expect(facts).toContainEqual({ name: 'Memory', value: '96 MiB' });
    expect(facts).toContainEqual({
      name: 'Machine',
      value: 'pc-i440fx-7.2, x86_64, software emulation',
    });
    expect(facts.every(({ next }) => next === undefined)).toBe(true);
  });

  it('says processors, boot order, clock, firmware and agent', () => {
    const agent =
      "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel>";
    const plain = domain({ devices: agent });
    expect(fact(plain, 'vCPUs')?.value).toBe('2, at most 8');
    expect(fact(plain, 'Boots from')?.value).toBe('disk, then network');
    expect(fact(plain, 'Clock')?.value).toBe("its host's local time");
    expect(fact(plain, 'Firmware')?.value).toBe('BIOS');
    expect(fact(plain, 'Guest agent')?.value).toBe('connected');
    expect(fact(domain({ attributes: "firmware='efi'" }), 'Firmware')?.value).toBe('UEFI');
    const ordered =
      "<disk><target dev='vda'/><boot order='2'/></disk><interface><mac address='52:54:00:00:00:01'/><boot order='1'/></interface>";
    expect(fact(domain({ devices: ordered }), 'Boots from')?.value).toBe(
      'network (52:54:00:00:00:01), then vda',
    );
  });

  it('tells what waits for the next start, devices among it', () => {
    const disk =
      "<disk type='file' device='disk'><source file='/srv/data.raw'/><target dev='vdb' bus='virtio'/></disk>";
    const facts = configurationOf(domain({}), domain({ memory: '8388608', devices: disk }));
    expect(facts).toContainEqual({ name: 'Memory', value: '4 GiB', next: '8 GiB' });
    expect(facts).toContainEqual({ name: 'Disk vdb', next: '/srv/data.raw, raw' });
    expect(facts.filter(({ next }) => next !== undefined)).toHaveLength(2);
    expect(configurationOf(domain({ devices: disk }), domain({}))).toContainEqual({
      name: 'Disk vdb',
      value: '/srv/data.raw, raw',
      next: '',
    });
  });

  it('takes what libvirt fills in at the start for no difference', () => {
    const running = domain({
      cpu: "<cpu mode='custom' match='exact'><model>Skylake-Server-IBRS</model></cpu>",
      devices: "<graphics type='vnc' port='5903' autoport='yes' listen='127.0.0.1'/>",
    });
    const defined = domain({ devices: "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>" });
    expect(configurationOf(running, defined).filter(({ next }) => next !== undefined)).toEqual([]);
    const other = domain({ cpu: "<cpu mode='host-passthrough'/>" });
    expect(fact(running, 'CPU model', other)?.next).toBe("its host's own (host-passthrough)");
    expect(fact(running, 'Graphical console', defined)?.value).toBe('VNC at 127.0.0.1:5903');
  });
});

describe('devices', () => {
  it('have a bus, and interfaces a link and an end on the host', () => {
    expect(diskBuses(fixture('running.xml')).get('vda')).toBe('virtio');
    const xml = domain({
      devices:
        "<interface type='bridge'><mac address='52:54:00:00:00:01'/><target dev='vnet3'/></interface><interface type='bridge'><mac address='52:54:00:00:00:02'/><link state='down'/></interface>",
    });
    expect(parseInterfaces(xml)).toEqual({
      interfaces: [
        { mac: '52:54:00:00:00:01', link: 'up', device: 'vnet3' },
        { mac: '52:54:00:00:00:02', link: 'down' },
      ],
      agentConnected: false,
    });
  });
});
