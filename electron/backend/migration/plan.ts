import { dirname } from 'node:path/posix';
import { DroverError } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { MigrationOptions, MigrationRequest } from '#shared/model/migration.ts';
import type { Claim, Plan, PlanStep, RejectedAlternative } from '#shared/model/plan.ts';
import { bytesInWords } from '#shared/model/quantityWords.ts';
import type { Vm } from '#shared/model/vm.ts';
import { canMigrate } from '#shared/rules/canMigrate.ts';
import type { View } from '../inventory/inventory.ts';
import { whyLeft } from '../sharedStorage/proof.ts';
import type { MigrationFacts } from './facts.ts';
import { incomingCopyClaim, type MigrationArguments, migrationKind, stepIds } from './migrationArguments.ts';
import { type PromisedSpace, planStorage, type StoragePlan } from './planStorage.ts';

const mebibyte = 1_048_576;
const firstSoundEmulation = 9;

/** The VM and the two hosts of a request; throws `not-found` or the reason of the rule. */
export function migrationParties(
  view: View,
  request: MigrationRequest,
): { readonly vm: Vm; readonly from: Host; readonly to: Host } {
  const vm = view.vms.find((each) => each.id === request.vmId);
  const to = view.hosts.find((host) => host.id === request.toHostId);
  const from = view.hosts.find((host) => host.id === vm?.hostId);
  if (vm === undefined || from === undefined) {
    throw new DroverError({
      code: 'not-found',
      tried: 'Plan a migration',
      cause: `no VM has the id ${request.vmId}; it may have been removed meanwhile`,
      next: 'Look at the list of VMs',
    });
  }
  if (to === undefined) {
    throw new DroverError({
      code: 'not-found',
      tried: `Migrate ${vm.name}`,
      cause: `no host has the id ${request.toHostId}`,
      next: 'Look at the list of hosts',
    });
  }
  const verdict = canMigrate(vm, from, to, request.options, claimedMemoryMiB(view, to.id));
  if (!verdict.allowed) {
    throw new DroverError({
      code: verdict.code,
      tried: `Migrate ${vm.name} from ${from.name} to ${to.name}`,
      cause: verdict.reason,
    });
  }
  return { vm, from, to };
}

/** Promised to running tasks, and not in the host's own figure of what is free yet. */
export function claimedMemoryMiB(view: View, host: HostId): number {
  return view.claims.reduce(
    (sum, { claim, shownMiB = 0 }) =>
      claim.kind === 'host-memory' && claim.hostId === host
        ? sum + Math.max(0, claim.memoryMiB - shownMiB)
        : sum,
    0,
  );
}

/** Files of a host that running tasks have been promised room for. */
export function claimedPaths(view: View, host: HostId): readonly string[] {
  return view.claims.flatMap(({ claim }) =>
    claim.kind === 'pool-bytes' && claim.hostId === host ? [claim.path] : [],
  );
}

function promisedSpace(
  view: View,
  host: HostId,
  folder: string,
  shownBytes: MigrationFacts['shownBytes'],
): PromisedSpace {
  const held = view.claims.flatMap(({ title, claim }) =>
    claim.kind === 'pool-bytes' && claim.hostId === host && dirname(claim.path) === folder
      ? [{ title, bytes: Math.max(0, claim.bytes - (shownBytes.get(claim.path) ?? 0)) }]
      : [],
  );
  return { bytes: held.reduce((sum, each) => sum + each.bytes, 0), titles: held.map((each) => each.title) };
}

/** Six steps, or a DroverError that says why there are none. Same view, request and facts: same plan, to the byte. */
export function planMigration(view: View, request: MigrationRequest, facts: MigrationFacts): Plan {
  const { vm, from, to } = migrationParties(view, request);
  const tried = `Migrate ${vm.name} from ${from.name} to ${to.name}`;
  refuseByFacts(tried, to, request.options, facts);
  const storage = planStorage(tried, to, request.options.copyStorage, facts.disks, (folder) =>
    promisedSpace(view, to.id, folder, facts.shownBytes),
  );
  const input: MigrationArguments = {
    vmId: vm.id,
    uuid: vm.uuid,
    vmName: vm.name,
    fromHostId: from.id,
    fromHostName: from.name,
    toHostId: to.id,
    toHostName: to.name,
    destinationAddress: facts.destinationAddress,
    options: request.options,
    copyStorage: storage.copy,
    copyDisks: [...storage.copyDisks],
    unsafe: storage.unsafe,
    sharedDisks: [...storage.sharedDisks],
    createImages: storage.create,
  };
  return {
    kind: migrationKind,
    title: `Migrate ${vm.name} from ${from.name} to ${to.name}`,
    subject: { clusterId: vm.clusterId, vmId: vm.id, vmName: vm.name, hostIds: [from.id, to.id] },
    claims: claims(vm, from, to, request.options, storage.takes),
    steps: steps(vm, from, to, input, storage.reason),
    warnings: [
      ...warnings(vm, from, to, request.options, storage),
      ...facts.markersLeft.map(
        (left) => `A marker may have been left on ${left.on}: ${left.file}. ${whyLeft(left)}`,
      ),
      ...sharedLinks(view, [from, to]),
      ...lostWrites(vm, from),
    ],
    rejected: rejected(view, vm, from, to, request.options),
  };
}

function refuseByFacts(tried: string, to: Host, options: MigrationOptions, facts: MigrationFacts): void {
  if (!facts.cpu.compatible) {
    throw new DroverError({
      code: 'cpu-incompatible',
      tried,
      cause: `the CPU of ${to.name} does not fit: ${facts.cpu.cause}`,
      next: 'Choose a host with the same or a newer CPU, or start the VM with a CPU model that both have',
    });
  }
  if (facts.missingNetworks.length > 0) {
    throw new DroverError({
      code: 'network-missing',
      tried,
      cause: `${to.name} lacks what the VM's network cards are joined to: ${facts.missingNetworks.join(', ')}`,
      next: 'Make the bridge or start the network there, or choose another host',
    });
  }
  if (!facts.port.reachable) {
    throw new DroverError({
      code: 'migration-port-closed',
      tried,
      cause: `the source cannot reach ${facts.destinationAddress} port ${facts.migrationPort}, where ${to.name} takes migrations in (${facts.port.cause})`,
      next: `Open the ports from ${facts.migrationPort} on in the firewall of ${to.name}${options.copyStorage ? ', and the same for copying disks' : ''}`,
    });
  }
}

function claims(
  vm: Vm,
  from: Host,
  to: Host,
  { bandwidthMiBPerSecond }: MigrationOptions,
  takes: StoragePlan['takes'],
): readonly Claim[] {
  const rate = (bandwidthMiBPerSecond ?? 0) * mebibyte;
  return [
    { kind: 'vm', vmId: vm.id },
    incomingCopyClaim(vm.clusterId, vm.uuid, to.id),
    { kind: 'host-memory', hostId: to.id, memoryMiB: vm.memoryMiB },
    { kind: 'host-cpu', hostId: to.id, vcpus: vm.vcpus },
    ...takes.map((copy): Claim => ({ kind: 'pool-bytes', hostId: to.id, ...copy })),
    // Without a cap it takes what the link gives, and there is nothing to promise.
    ...(rate === 0 ? [] : [from, to]).map(
      (host): Claim => ({ kind: 'link-rate', hostId: host.id, rateBytesPerSecond: rate }),
    ),
  ];
}

function steps(
  vm: Vm,
  from: Host,
  to: Host,
  input: MigrationArguments,
  storageReason: string,
): readonly PlanStep[] {
  const step = (id: string, title: string, reason: string): PlanStep => ({
    id,
    kind: `migration.${id}`,
    title,
    reason,
    arguments: input,
  });
  const cap = input.options.bandwidthMiBPerSecond;
  const help = [
    ...(input.options.autoConverge ? ['slowing the guest down if it writes faster than that'] : []),
    ...(input.options.postCopy ? ['switching to post-copy after the first pass'] : []),
  ].join(', ');
  return [
    step(
      stepIds.initialise,
      `Ask ${from.name} for ${vm.name}'s definition`,
      `${vm.name} runs there; ${storageReason}`,
    ),
    step(
      stepIds.reserve,
      `Reserve ${bytesInWords(vm.memoryMiB * 1024 * 1024)} on ${to.name}`,
      `an empty copy of ${vm.name} waits there for its memory${input.createImages.length > 0 ? `, with ${input.createImages.length} empty disk images` : ''}`,
    ),
    step(
      stepIds.preCopy,
      'Copy the memory while the guest runs',
      `pages written meanwhile are sent again, round by round${cap === undefined ? '' : `, at no more than ${cap} MiB/s`}${help === '' ? '' : `, ${help}`}`,
    ),
    step(
      stepIds.stopAndCopy,
      'Stop the guest and copy the rest',
      `what remains fits the allowed downtime of ${input.options.maxDowntimeMs ?? 300} ms`,
    ),
    step(stepIds.commit, `Start ${vm.name} on ${to.name}`, 'everything has arrived; from here it runs there'),
    step(
      stepIds.activate,
      `Remove ${vm.name} from ${from.name}`,
      'the network finds the guest at its new host; one definition remains',
    ),
  ];
}

function warnings(
  vm: Vm,
  from: Host,
  to: Host,
  options: MigrationOptions,
  storage: StoragePlan,
): readonly string[] {
  return [
    `${vm.name}'s memory${storage.copy === 'none' ? ' crosses' : ' and disks cross'} the network between ${from.name} and ${to.name} as plaintext.`,
    ...(storage.unsafe
      ? [
          `libvirt is told to skip its own check of shared storage (its "unsafe" flag), because it knows only a few file systems by name; Drover has proven instead that both hosts see the same files and that the cache mode is safe.`,
        ]
      : []),
    ...(options.postCopy
      ? [
          `Post-copy: once switched over, ${vm.name}'s memory lies on both hosts, and losing either host or the link between them before the end can lose the VM. It cannot be cancelled then.`,
        ]
      : []),
    ...(storage.copy === 'none'
      ? []
      : [`The disk files on ${from.name} stay there after the move; remove them by hand.`]),
  ];
}

function sharedLinks(view: View, hosts: readonly Host[]): readonly string[] {
  return hosts.flatMap((host) => {
    const rate = view.claims.reduce(
      (sum, { claim }) =>
        claim.kind === 'link-rate' && claim.hostId === host.id ? sum + claim.rateBytesPerSecond : sum,
      0,
    );
    if (rate === 0) return [];
    return `Other migrations take up to ${Math.round(rate / mebibyte)} MiB/s of the link of ${host.name} meanwhile, so this one will take longer than it would alone.`;
  });
}

/**
 * QEMU before 9.0 misses writes of an emulated guest while it reads which pages were written (its commit "physmem: Fix
 * migration dirty bitmap coherency with TCG memory access"). Seen here on 7.2: one busy guest in four panicked.
 */
function lostWrites(vm: Vm, from: Host): readonly string[] {
  const version = from.capacity?.hypervisorVersion ?? '';
  if (vm.domainType !== 'qemu' || Number.parseInt(version, 10) >= firstSoundEmulation) return [];
  return [
    `${vm.name} is emulated (it does not use KVM), and QEMU ${version} on ${from.name} can lose writes of emulated guests while they move: a busy one may crash afterwards. QEMU ${firstSoundEmulation}.0 and newer does not, nor does any with KVM.`,
  ];
}

function rejected(
  view: View,
  vm: Vm,
  from: Host,
  to: Host,
  options: MigrationOptions,
): readonly RejectedAlternative[] {
  const others = view.hosts.filter(
    (host) => host.clusterId === vm.clusterId && host.id !== from.id && host.id !== to.id,
  );
  return [
    ...others.map((host) => {
      const verdict = canMigrate(vm, from, host, options, claimedMemoryMiB(view, host.id));
      return {
        title: `To ${host.name}`,
        reason: verdict.allowed ? 'It could take it too; it was not asked for.' : verdict.reason,
      };
    }),
    ...otherWays(vm, options),
  ];
}

/** The strategies that were not asked for, and what they would cost. */
function otherWays(vm: Vm, options: MigrationOptions): readonly RejectedAlternative[] {
  return [
    ...(options.postCopy
      ? []
      : [
          {
            title: 'With post-copy',
            reason: `It would end even if ${vm.name} writes faster than the link sends, but losing either host meanwhile would lose it; it was not asked for.`,
          },
        ]),
    ...(options.autoConverge
      ? []
      : [
          {
            title: 'With auto-converge',
            reason: `It would slow ${vm.name} down where it writes faster than the link sends; it was not asked for.`,
          },
        ]),
    ...(options.copyStorage
      ? []
      : [
          {
            title: 'Copying the disks',
            reason: 'Both hosts see the same files, so there is nothing to copy.',
          },
        ]),
  ];
}
