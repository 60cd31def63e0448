import type { VmDisk, VmGraphics, VmNic } from '#shared/model/vm.ts';
import { agentChannel } from './domainInterfaces.ts';
import type { DomainDocument } from './domainXml.ts';
import { guestSystemId } from './guestSystem.ts';

export interface WrittenDomain extends DomainDocument {
  /** libvirt's `<cpu>` element. */
  readonly cpuXml: string;
  /** Whether QEMU hears the guest's agent; absent while it does not run. */
  readonly agent?: 'connected' | 'disconnected';
}

/** A domain's document (libvirt's formatdomain) of what `parseDomainXml` reads of one: reading it gives the same again. */
export function writeDomainXml(domain: WrittenDomain, which: 'current' | 'inactive'): string {
  return [
    `<domain type=${quoted(domain.domainType)}>`,
    `  <name>${escaped(domain.name)}</name>`,
    `  <uuid>${escaped(domain.uuid)}</uuid>`,
    ...metadata(domain.guestSystem),
    `  <memory unit='MiB'>${domain.maxMemoryMiB}</memory>`,
    `  <currentMemory unit='MiB'>${domain.memoryMiB}</currentMemory>`,
    `  <vcpu placement='static'>${domain.vcpus}</vcpu>`,
    '  <os>',
    `    <type arch='x86_64' machine=${quoted(domain.machine)}>hvm</type>`,
    `    <boot dev='hd'/>`,
    '  </os>',
    '  <features>',
    '    <acpi/>',
    '  </features>',
    `  ${domain.cpuXml}`,
    `  <clock offset='utc'/>`,
    '  <devices>',
    ...domain.disks.flatMap(disk),
    ...domain.nics.flatMap(nic),
    ...(domain.serial === true ? serial : []),
    ...channel(domain.agent),
    ...domain.graphics.flatMap((each) => graphics(each, which)),
    ...(domain.graphics.length === 0 ? [] : [`    <video><model type='virtio'/></video>`]),
    `    <memballoon model='virtio'/>`,
    '  </devices>',
    '</domain>',
    '',
  ].join('\n');
}

function metadata(guestSystem: string | undefined): readonly string[] {
  if (guestSystem === undefined) return [];
  return [
    '  <metadata>',
    '    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">',
    `      <libosinfo:os id=${quoted(guestSystemId(guestSystem))}/>`,
    '    </libosinfo:libosinfo>',
    '  </metadata>',
  ];
}

function disk(disk: VmDisk): readonly string[] {
  const source = sourceOf(disk.source);
  const cache = disk.cache === 'default' ? '' : ` cache=${quoted(disk.cache)}`;
  return [
    `    <disk type=${quoted(source.type)} device=${quoted(disk.device)}>`,
    `      <driver name='qemu' type=${quoted(disk.format)}${cache}/>`,
    ...(disk.source === undefined ? [] : [`      ${source.element}`]),
    ...chain(disk.backingChain, '      '),
    `      <target dev=${quoted(disk.target)} bus=${quoted(busOf(disk))}/>`,
    ...(disk.readOnly ? ['      <readonly/>'] : []),
    ...(disk.shareable ? ['      <shareable/>'] : []),
    '    </disk>',
  ];
}

function chain(backing: VmDisk['backingChain'], indent: string): readonly string[] {
  const [layer, ...rest] = backing;
  if (layer === undefined) return [];
  const source = sourceOf(layer.path);
  return [
    `${indent}<backingStore type=${quoted(source.type)}>`,
    `${indent}  <format type=${quoted(layer.format)}/>`,
    `${indent}  ${source.element}`,
    ...chain(rest, `${indent}  `),
    `${indent}</backingStore>`,
  ];
}

/** A path, or `protocol:name` for what is reached over a network. */
function sourceOf(source: string | undefined): { readonly type: string; readonly element: string } {
  if (source === undefined) return { type: 'file', element: '' };
  if (source.startsWith('/dev/')) return { type: 'block', element: `<source dev=${quoted(source)}/>` };
  const network = /^([a-z]+):(.*)$/.exec(source);
  return network === null
    ? { type: 'file', element: `<source file=${quoted(source)}/>` }
    : {
        type: 'network',
        element: `<source protocol=${quoted(network[1] ?? '')} name=${quoted(network[2] ?? '')}/>`,
      };
}

function busOf({ target }: VmDisk): string {
  const bus = { vd: 'virtio', sd: 'sata', hd: 'ide', fd: 'fdc' }[target.slice(0, 2)];
  return bus ?? 'virtio';
}

function nic(nic: VmNic): readonly string[] {
  return [
    `    <interface type=${quoted(nic.kind)}>`,
    `      <mac address=${quoted(nic.mac)}/>`,
    ...(nic.source === '' ? [] : [`      ${nicSource(nic)}`]),
    ...(nic.model === '' ? [] : [`      <model type=${quoted(nic.model)}/>`]),
    '    </interface>',
  ];
}

function nicSource({ kind, source }: VmNic): string {
  switch (kind) {
    case 'network':
    case 'bridge':
      return `<source ${kind}=${quoted(source)}/>`;
    case 'ethernet':
      return `<target dev=${quoted(source)}/>`;
    default:
      return `<source dev=${quoted(source)}/>`;
  }
}

const serial: readonly string[] = [
  "    <serial type='pty'><target port='0'/></serial>",
  "    <console type='pty'><target type='serial' port='0'/></console>",
];

function channel(agent: WrittenDomain['agent']): readonly string[] {
  const state = agent === undefined ? '' : ` state=${quoted(agent)}`;
  return [
    `    <channel type='unix'>`,
    `      <target type='virtio' name=${quoted(agentChannel)}${state}/>`,
    `    </channel>`,
  ];
}

/** A port is a running instance's own; the next start chooses one. */
function graphics(graphics: VmGraphics, which: 'current' | 'inactive'): readonly string[] {
  const port = which === 'current' ? graphics.port : -1;
  return [
    `    <graphics type=${quoted(graphics.kind)} port='${port}' autoport='yes' listen=${quoted(graphics.listen)}/>`,
  ];
}

function quoted(text: string): string {
  return `'${escaped(text)}'`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    "'": '&apos;',
    '"': '&quot;',
  };
  return text.replace(/[&<>'"]/g, (character) => entities[character] ?? character);
}
