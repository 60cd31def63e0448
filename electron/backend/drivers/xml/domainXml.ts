import type { VmDisk, VmGraphics, VmNic } from '#shared/model/vm.ts';
import { guestSystemInWords } from './guestSystem.ts';
import { parseXml, type XmlElement } from './xmlDocument.ts';

/** What a domain's own document says of it (libvirt's formatdomain). */
export interface DomainDocument {
  readonly uuid: string;
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly maxMemoryMiB: number;
  readonly disks: readonly VmDisk[];
  readonly nics: readonly VmNic[];
  readonly graphics: readonly VmGraphics[];
  /** It has a serial console. */
  readonly serial?: true;
  readonly machine: string;
  readonly domainType: string;
  /** In words, where libosinfo's metadata tell it. */
  readonly guestSystem?: string;
}

const kibPer: Readonly<Record<string, number>> = {
  b: 1 / 1024,
  bytes: 1 / 1024,
  kb: 1000 / 1024,
  k: 1,
  kib: 1,
  m: 1024,
  mib: 1024,
  mb: 1_000_000 / 1024,
  gb: 1e9 / 1024,
  g: 1_048_576,
  gib: 1_048_576,
  tb: 1e12 / 1024,
  t: 1_073_741_824,
  tib: 1_073_741_824,
};

export function parseDomainXml(xml: string): DomainDocument {
  const domain = parseXml(xml, 'domain');
  const devices = domain.child('devices');
  const vcpu = domain.child('vcpu');
  const maxMemoryMiB = mebibytes(domain.child('memory'));
  const type = domain.child('os')?.child('type');
  const guestSystem = guestSystemOf(domain);
  return {
    uuid: (domain.child('uuid')?.text ?? '').toLowerCase(),
    name: domain.child('name')?.text ?? '',
    vcpus: Number(vcpu?.attribute('current') ?? vcpu?.text ?? 1),
    memoryMiB:
      domain.child('currentMemory') === undefined ? maxMemoryMiB : mebibytes(domain.child('currentMemory')),
    maxMemoryMiB,
    disks: devices?.children('disk').map(diskOf) ?? [],
    nics: devices?.children('interface').map(nicOf) ?? [],
    graphics: devices?.children('graphics').flatMap(graphicsOf) ?? [],
    ...(hasSerial(devices) ? { serial: true as const } : {}),
    machine: type?.attribute('machine') ?? '',
    domainType: domain.attribute('type') ?? '',
    ...(guestSystem === undefined ? {} : { guestSystem }),
  };
}

/** virt-install and virt-manager write it under this prefix. */
function guestSystemOf(domain: XmlElement): string | undefined {
  const info = domain.child('metadata')?.child('libosinfo:libosinfo');
  return guestSystemInWords(info?.child('libosinfo:os')?.attribute('id') ?? '');
}

function mebibytes(element: XmlElement | undefined): number {
  const unit = (element?.attribute('unit') ?? 'KiB').toLowerCase();
  return Math.round((Number(element?.text ?? 0) * (kibPer[unit] ?? 1)) / 1024);
}

function diskOf(disk: XmlElement): VmDisk {
  const driver = disk.child('driver');
  const source = sourceOf(disk);
  return {
    target: disk.child('target')?.attribute('dev') ?? '',
    ...(source === undefined ? {} : { source }),
    device: deviceOf(disk.attribute('device')),
    format: driver?.attribute('type') ?? 'raw',
    cache: driver?.attribute('cache') ?? 'default',
    readOnly: disk.child('readonly') !== undefined,
    shareable: disk.child('shareable') !== undefined,
    backingChain: chainOf(disk.child('backingStore')),
  };
}

function deviceOf(text: string | undefined): VmDisk['device'] {
  return text === 'cdrom' || text === 'floppy' || text === 'lun' ? text : 'disk';
}

/** A path, or `protocol:name` for what is reached over a network. */
function sourceOf(holder: XmlElement): string | undefined {
  const source = holder.child('source');
  if (source === undefined) return undefined;
  const path = source.attribute('file') ?? source.attribute('dev') ?? source.attribute('dir');
  if (path !== undefined) return path;
  const volume = source.attribute('volume');
  if (volume !== undefined) return `${source.attribute('pool') ?? ''}/${volume}`;
  const protocol = source.attribute('protocol');
  return protocol === undefined ? undefined : `${protocol}:${source.attribute('name') ?? ''}`;
}

function chainOf(backing: XmlElement | undefined): VmDisk['backingChain'] {
  const path = backing === undefined ? undefined : sourceOf(backing);
  if (backing === undefined || path === undefined) return [];
  const format = backing.child('format')?.attribute('type') ?? 'raw';
  return [{ path, format }, ...chainOf(backing.child('backingStore'))];
}

/** A running VM's network also names the bridge it came to; what another host must have is the network. */
function nicOf(nic: XmlElement): VmNic {
  const source = nic.child('source');
  const named = (name: string) => source?.attribute(name);
  return {
    mac: nic.child('mac')?.attribute('address') ?? '',
    model: nic.child('model')?.attribute('type') ?? '',
    kind: nic.attribute('type') ?? '',
    source:
      named('network') ?? named('bridge') ?? named('dev') ?? nic.child('target')?.attribute('dev') ?? '',
  };
}

/** libvirt opens the first `<console>`, which it also makes of the first `<serial>`. */
function hasSerial(devices: XmlElement | undefined): boolean {
  return devices?.child('serial') !== undefined || devices?.child('console') !== undefined;
}

function graphicsOf(graphics: XmlElement): readonly VmGraphics[] {
  const port = Number(graphics.attribute('port') ?? -1);
  if (port <= 0) return [];
  const listen = graphics.attribute('listen') ?? graphics.child('listen')?.attribute('address') ?? '';
  return [{ kind: graphics.attribute('type') ?? '', port, listen }];
}
