import { bytesInWords } from '#shared/model/quantityWords.ts';
import type { VmFact } from '#shared/model/vmDetails.ts';
import { agentChannel } from './domainInterfaces.ts';
import { type DomainDocument, parseDomainXml } from './domainXml.ts';
import { parseXml, type XmlElement } from './xmlDocument.ts';

/** One thing that a document says, in words. */
interface Said {
  readonly name: string;
  readonly value: string;
  /**
   * What is compared between the running instance and the definition; the words unless given. null where libvirt
   * fills in at the start what the definition leaves open: then nothing can be said to differ.
   */
  readonly same?: string | null;
  /** Devices have their own place on the page; they are told here only where they wait for the next start. */
  readonly device?: true;
}

const mebibyte = 1_048_576;

/** `next`: the definition that it is next started with, where that is another document. */
export function configurationOf(current: string, next?: string): readonly VmFact[] {
  const now = sayAll(current);
  if (next === undefined) return now.flatMap(({ name, value, device }) => (device ? [] : { name, value }));
  const later = sayAll(next);
  const laterByName = new Map(later.map((said) => [said.name, said]));
  const names = new Set(now.map(({ name }) => name));
  return [
    ...now.flatMap((said): readonly VmFact[] => {
      const { name, value } = said;
      const other = laterByName.get(name);
      if (other === undefined) return [{ name, value, next: '' }];
      if (differ(said, other)) return [{ name, value, next: other.value }];
      return said.device ? [] : [{ name, value }];
    }),
    ...later.flatMap((said) => (names.has(said.name) ? [] : [{ name: said.name, next: said.value }])),
  ];
}

function differ(one: Said, other: Said): boolean {
  if (one.same === null || other.same === null) return false;
  return (one.same ?? one.value) !== (other.same ?? other.value);
}

function sayAll(xml: string): readonly Said[] {
  const domain = parseXml(xml, 'domain');
  const document = parseDomainXml(xml);
  const devices = domain.child('devices');
  return [
    ...whenSaid('Title', domain.child('title')?.text),
    ...whenSaid('Description', domain.child('description')?.text),
    { name: 'vCPUs', value: vcpus(domain, document) },
    ...topology(domain.child('cpu')),
    cpuModel(domain.child('cpu')),
    { name: 'Memory', value: memory(document) },
    ...whenSaid('Guest system', document.guestSystem),
    guestAgent(devices),
    { name: 'Machine', value: machine(domain, document) },
    firmware(domain.child('os')),
    { name: 'Boots from', value: bootOrder(domain) },
    { name: 'Clock', value: clock(domain.child('clock')) },
    graphics(devices),
    { name: 'Display', value: display(devices) },
    { name: 'Serial console', value: devices?.child('console') === undefined ? 'none' : 'yes' },
    { name: 'Memory balloon', value: balloon(devices) },
    ...whenSaid('Watchdog', devices?.child('watchdog')?.attribute('model')),
    ...whenSaid('TPM', devices?.child('tpm')?.attribute('model')),
    ...whenSaid('When it crashes', endings[domain.child('on_crash')?.text ?? '']),
    ...document.disks.map(
      (disk): Said => ({
        name: `Disk ${disk.target}`,
        value: [disk.source ?? 'empty drive', disk.format, ...(disk.readOnly ? ['read only'] : [])].join(
          ', ',
        ),
        device: true,
      }),
    ),
    ...document.nics.map(
      (nic): Said => ({
        name: `Network interface ${nic.mac}`,
        value: `${nic.model} on ${nic.kind} ${nic.source}`,
        device: true,
      }),
    ),
  ];
}

function whenSaid(name: string, value: string | undefined): readonly Said[] {
  return value === undefined || value === '' ? [] : [{ name, value }];
}

function vcpus(domain: XmlElement, { vcpus: now }: DomainDocument): string {
  const most = Number(domain.child('vcpu')?.text ?? now);
  return most === now ? String(now) : `${now}, at most ${most}`;
}

function topology(cpu: XmlElement | undefined): readonly Said[] {
  const given = cpu?.child('topology');
  if (given === undefined) return [];
  const part = (name: string) => {
    const count = given.attribute(name) ?? '1';
    return `${count} ${count === '1' ? name.replace(/s$/, '') : name}`;
  };
  return [{ name: 'CPU topology', value: ['sockets', 'cores', 'threads'].map(part).join(', '), same: null }];
}

/** libvirt writes what host-model came to into the document of a running domain. */
function cpuModel(cpu: XmlElement | undefined): Said {
  const name = 'CPU model';
  const mode = cpu?.attribute('mode');
  const model = cpu?.child('model')?.text;
  if (mode === 'host-passthrough') return { name, value: "its host's own (host-passthrough)" };
  if (mode === 'maximum') return { name, value: 'all that its host can offer (maximum)' };
  if (mode === 'host-model')
    return { name, value: 'as near to its host as can migrate (host-model)', same: null };
  if (model !== undefined && model !== '') return { name, value: model };
  return { name, value: "the hypervisor's default", same: null };
}

function memory({ memoryMiB, maxMemoryMiB }: DomainDocument): string {
  const words = (mebibytes: number) => bytesInWords(mebibytes * mebibyte);
  if (memoryMiB === maxMemoryMiB) return words(memoryMiB);
  return `${words(memoryMiB)}, at most ${words(maxMemoryMiB)}`;
}

function guestAgent(devices: XmlElement | undefined): Said {
  const channel = (devices?.children('channel') ?? [])
    .map((each) => each.child('target'))
    .find((target) => target?.attribute('name') === agentChannel);
  if (channel === undefined) return { name: 'Guest agent', value: 'no channel for one' };
  const state = channel.attribute('state');
  return {
    name: 'Guest agent',
    value: state === 'connected' ? 'connected' : state === undefined ? 'has a channel' : 'does not answer',
    same: 'has a channel',
  };
}

function machine(domain: XmlElement, { machine: type, domainType }: DomainDocument): string {
  const architecture = domain.child('os')?.child('type')?.attribute('arch');
  return [
    type,
    ...(architecture === undefined ? [] : [architecture]),
    domainType === 'kvm' ? 'KVM' : 'software emulation',
  ].join(', ');
}

/** Left to libvirt (`firmware='efi'`) it is the running document that says which one was taken. */
function firmware(os: XmlElement | undefined): Said {
  const loader = os?.child('loader');
  const isEfi = os?.attribute('firmware') === 'efi' || loader?.attribute('type') === 'pflash';
  if (!isEfi) return { name: 'Firmware', value: 'BIOS' };
  const secure = loader?.attribute('secure') === 'yes';
  return { name: 'Firmware', value: secure ? 'UEFI, secure boot' : 'UEFI', same: 'UEFI' };
}

const bootDevices: Readonly<Record<string, string>> = {
  hd: 'disk',
  cdrom: 'CD drive',
  network: 'network',
  fd: 'floppy drive',
};

function bootOrder(domain: XmlElement): string {
  const devices = domain.child('devices');
  const ordered = [
    ...(devices?.children('disk') ?? []).map((disk) => ({
      at: disk.child('boot')?.attribute('order'),
      words: disk.child('target')?.attribute('dev') ?? 'disk',
    })),
    ...(devices?.children('interface') ?? []).map((nic) => ({
      at: nic.child('boot')?.attribute('order'),
      words: `network (${nic.child('mac')?.attribute('address') ?? ''})`,
    })),
  ].filter(({ at }) => at !== undefined);
  if (ordered.length > 0) {
    return ordered
      .toSorted((one, other) => Number(one.at) - Number(other.at))
      .map(({ words }) => words)
      .join(', then ');
  }
  const boots = (domain.child('os')?.children('boot') ?? []).map((boot) => boot.attribute('dev') ?? '');
  if (domain.child('os')?.child('kernel') !== undefined) return 'a kernel of its host';
  if (boots.length === 0) return 'its first disk';
  return boots.map((device) => bootDevices[device] ?? device).join(', then ');
}

function clock(element: XmlElement | undefined): string {
  const offset = element?.attribute('offset') ?? 'utc';
  if (offset === 'localtime') return "its host's local time";
  if (offset === 'timezone') return `time of ${element?.attribute('timezone') ?? ''}`;
  if (offset === 'variable') return `UTC, ${element?.attribute('adjustment') ?? '0'} s off`;
  return 'UTC';
}

/** A port that is chosen at the start is not part of the definition. */
function graphics(devices: XmlElement | undefined): Said {
  const all = (devices?.children('graphics') ?? []).map((each) => {
    const kind = (each.attribute('type') ?? '').toUpperCase();
    const listen = each.attribute('listen') ?? each.child('listen')?.attribute('address') ?? '';
    const port = Number(each.attribute('port') ?? -1);
    const where = [listen, ...(port > 0 ? [String(port)] : [])].filter((part) => part !== '').join(':');
    const fixed = each.attribute('autoport') === 'yes' ? '' : String(port);
    return { words: where === '' ? kind : `${kind} at ${where}`, same: `${kind} ${listen} ${fixed}` };
  });
  return {
    name: 'Graphical console',
    value: all.length === 0 ? 'none' : all.map(({ words }) => words).join('; '),
    same: all.map(({ same }) => same).join('; '),
  };
}

function display(devices: XmlElement | undefined): string {
  const models = (devices?.children('video') ?? []).map(
    (video) => video.child('model')?.attribute('type') ?? '',
  );
  return models.length === 0 ? 'none' : models.join(', ');
}

function balloon(devices: XmlElement | undefined): string {
  const model = devices?.child('memballoon')?.attribute('model');
  return model === undefined || model === 'none' ? 'none' : model;
}

const endings: Readonly<Record<string, string>> = {
  destroy: 'it is switched off',
  restart: 'it is started anew',
  preserve: 'it is kept as it is',
  'coredump-destroy': 'its memory is written to a file and it is switched off',
  'coredump-restart': 'its memory is written to a file and it is started anew',
};

/** The bus of each disk, by its target. */
export function diskBuses(xml: string): ReadonlyMap<string, string> {
  const disks = parseXml(xml, 'domain').child('devices')?.children('disk') ?? [];
  return new Map(
    disks.map((disk) => {
      const target = disk.child('target');
      return [target?.attribute('dev') ?? '', target?.attribute('bus') ?? ''];
    }),
  );
}
