import type { Command } from 'commander';
import { toDroverError } from '#shared/contract/client.ts';
import type { LiveState } from '#shared/model/live.ts';
import { bytesInWords, millisecondsInWords } from '#shared/model/quantityWords.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { VmDetails, VmFact, VmImage, VmInterface } from '#shared/model/vmDetails.ts';
import type { VmChange, VmHistoryEntry } from '#shared/model/vmHistory.ts';
import type { Run } from '../command.ts';
import { findVm, hostOf } from '../names.ts';
import { parseCount } from '../quantities.ts';
import { settledState } from '../session.ts';

const vmHint = 'name, HOST/name or UUID';

/** What there is to read of one VM. */
export function vmShowCommands(vm: Command, run: Run): void {
  vm.command('show')
    .description('everything Drover knows of one VM, and what its host says of it now')
    .argument('<vm>', vmHint)
    .option('--xml', "libvirt's XML of it instead, without secrets")
    .action((name: string, { xml: wantsXml }: { readonly xml?: boolean }) =>
      run(async ({ session: { client }, output, terminal }) => {
        const state = await settledState(client, terminal);
        const found = findVm(state, name, `Show VM ${name}`);
        if (wantsXml === true) {
          const { xml } = await client.vms.xml({ vmId: found.id });
          output.result({ vm: found.name, xml }, xml.trimEnd());
          return;
        }
        const asked = { vmId: found.id };
        // A host that does not answer takes nothing from what is known.
        const told = found.current
          ? await Promise.all([client.vms.details(asked), client.vms.interfaces(asked)]).catch(
              (thrown: unknown) => void output.note(toDroverError(thrown).message),
            )
          : undefined;
        const [details, seen] = told ?? [];
        output.result(
          {
            ...vmForPrograms(state, found),
            details: found,
            ...(details === undefined ? {} : { configuration: details.configuration, disks: details.disks }),
            ...(seen === undefined ? {} : { interfaces: seen.interfaces }),
          },
          describe(state, found, details, seen?.interfaces ?? []),
        );
      }),
    );

  vm.command('history')
    .description('what happened to one VM and who asked for it, newest first')
    .argument('<vm>', vmHint)
    .option('--limit <count>', 'how much', parseCount, 50)
    .action((name: string, { limit }: { readonly limit: number }) =>
      run(async ({ session: { client }, output, terminal }) => {
        const state = await settledState(client, terminal);
        const found = findVm(state, name, `Show the history of VM ${name}`);
        const history = await client.vms.history({ vmId: found.id, limit: Math.min(limit, 500) });
        output.result(
          { vm: found.name, ...history },
          history.entries.length === 0
            ? `Nothing has happened to ${found.name} since Drover knows it.`
            : history.entries.map(line).join('\n'),
        );
      }),
    );
}

export function vmForPrograms(state: LiveState, vm: Vm): Readonly<Record<string, unknown>> {
  return {
    name: vm.name,
    uuid: vm.uuid,
    host: hostOf(state, vm)?.name ?? vm.hostId,
    state: vm.state,
    reason: vm.reason,
    current: vm.current,
    vcpus: vm.vcpus,
    memoryMiB: vm.memoryMiB,
  };
}

type Line = readonly [label: string, text: string];

function describe(
  state: LiveState,
  vm: Vm,
  details: VmDetails | undefined,
  interfaces: readonly VmInterface[],
): string {
  const hostName = (id: string) => state.hosts.find((host) => host.id === id)?.name ?? id;
  const lines: readonly Line[] = [
    ['name', vm.name],
    ['uuid', vm.uuid],
    ['host', hostName(vm.hostId)],
    ['state', `${vm.state} (${vm.reason})${vm.current ? '' : ', last known'}`],
    ...(details === undefined ? lastKnown(vm) : details.configuration.map(factLine)),
    ['autostart', vm.autostart ? 'on' : 'off'],
    ...(details === undefined
      ? vm.disks.map(
          (disk): Line => [
            `disk ${disk.target}`,
            [disk.source ?? 'empty', ...disk.backingChain.map((layer) => `on ${layer.path}`)].join(' '),
          ],
        )
      : details.disks.flatMap(({ target, chain }) =>
          chain.length === 0
            ? [[`disk ${target}`, 'empty'] as const]
            : chain.map(
                (image, place): Line => [
                  place === 0 ? `disk ${target}` : '',
                  `${place === 0 ? '' : 'on '}${imageText(image, hostName)}`,
                ],
              ),
        )),
    ...vm.nics.map((nic): Line => {
      const seen = interfaces.find(({ mac }) => mac.toLowerCase() === nic.mac.toLowerCase());
      const addresses = seen?.addresses ?? [];
      return ['nic', [`${nic.mac} on ${nic.kind} ${nic.source}`, ...addresses].join(', ')];
    }),
    ...vm.copies.map((copy): Line => ['copy', `${copy.role} on ${hostName(copy.hostId)}, ${copy.state}`]),
    ...(vm.heldBy === undefined ? [] : [['held by', vm.heldBy] as const]),
  ];
  const width = Math.max(10, ...lines.map(([label]) => label.length));
  return lines.map(([label, text]) => `${label.padEnd(width)} ${text}`).join('\n');
}

function lastKnown(vm: Vm): readonly Line[] {
  return [
    ['size', `${vm.vcpus} vCPUs, ${bytesInWords(vm.memoryMiB * 1_048_576)}`],
    ...(vm.guestSystem === undefined ? [] : [['system', vm.guestSystem] as const]),
    ['machine', `${vm.machine}, ${vm.domainType}`],
  ];
}

function factLine({ name, value = 'not there now', next }: VmFact): Line {
  const later = next === undefined ? '' : `; from the next start on: ${next === '' ? 'gone' : next}`;
  return [name, `${value}${later}`];
}

function imageText(image: VmImage, hostName: (id: string) => string): string {
  const { path, format, virtualBytes, allocatedBytes, sharedWith, problem } = image;
  if (image.missing) return `${path}: MISSING`;
  const facts = [
    format,
    ...(virtualBytes === undefined || allocatedBytes === undefined
      ? []
      : [`${bytesInWords(allocatedBytes)} of ${bytesInWords(virtualBytes)} allocated`]),
    ...(sharedWith === undefined
      ? []
      : [
          sharedWith.length === 0 ? 'on its host only' : `shared with ${sharedWith.map(hostName).join(', ')}`,
        ]),
    ...(problem === undefined ? [] : [problem]),
  ];
  return `${path} (${facts.join(', ')})`;
}

function line(entry: VmHistoryEntry): string {
  const at = momentOf(entry.at);
  switch (entry.kind) {
    case 'task': {
      const { task, changes } = entry;
      const { who, via } = task.requestedBy;
      const [first, last] = [changes[0], changes.at(-1)];
      const came =
        first === undefined || last === undefined ? [] : [changeText({ ...last, from: first.from })];
      const asked = via === 'drover' ? 'by Drover itself' : `asked by ${who} (${via})`;
      return [
        `${at}  ${task.title}: ${[task.state, ...came].join(', ')}; ${asked}  [${task.id}]`,
        ...(task.error === undefined ? [] : [`${' '.repeat(at.length)}  ${task.error.message}`]),
      ].join('\n');
    }
    case 'change':
      return `${at}  ${changeText(entry.change)}; not by Drover`;
    case 'seen':
      return `${at}  first seen by Drover on ${entry.standing.hostName}, ${entry.standing.state}`;
    case 'gone':
      return `${at}  ${entry.from.hostName} has it no more`;
    case 'gap':
      return `${at}  Drover was not watching ${entry.hostName} since ${momentOf(entry.since)} (${millisecondsInWords(entry.at - entry.since)})`;
    default:
      return entry satisfies never;
  }
}

function changeText({ from, to }: VmChange): string {
  return [
    ...(from.hostId === to.hostId ? [] : [`from ${from.hostName} to ${to.hostName}`]),
    ...(from.hostId !== to.hostId && from.state === to.state
      ? []
      : [`${from.state} to ${to.state} (${to.reason})`]),
  ].join(', ');
}

const momentOf = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19);
