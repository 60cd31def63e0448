import type { Host } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { Clock } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { ReachResult } from '../drivers/migration.ts';
import { type Asked, Questions } from '../questions.ts';
import type { Unfinished } from '../unfinished.ts';
import type { DoctorFacts, HostFacts, JoinedNetwork, PeerFacts, PortFacts, WayFacts } from './facts.ts';
import { joinedTo } from './networks.ts';
import { proveFolders } from './proveFolders.ts';
import { foldersToProve } from './sharedFolders.ts';

/** A host of the cluster with the driver that asks it. */
export interface Patient {
  readonly host: Host;
  readonly vms: readonly Vm[];
  readonly driver: HostDriver;
}

export type AskedPatient = Patient & { readonly questions: Questions };

const connectedMs = 5_000;
/** Making out its capabilities takes a libvirtd that has just started a while. */
const inspectMs = 30_000;
const questionMs = 10_000;

/**
 * Asks a host, and every other host of its cluster, all that the doctor judges by. Hosts are asked at the same time,
 * each question within its time; one that fails is told as failed and stops no other. Changes nothing but for markers,
 * which are removed.
 */
export async function gatherDoctorFacts(input: {
  readonly patient: Patient;
  readonly peers: readonly Patient[];
  readonly clock: Clock;
  /** Markers are named after it. */
  readonly token: string;
  readonly unfinished: Unfinished;
}): Promise<DoctorFacts> {
  const { clock, token, unfinished } = input;
  const patient = { ...input.patient, questions: new Questions(clock, unfinished.ending) };
  const looked = look(patient);
  const peers = input.peers.map(async (each, index): Promise<PeerFacts> => {
    const peer = { ...each, questions: new Questions(clock, unfinished.ending) };
    const [here, there] = await Promise.all([looked, look(peer)]);
    if (here.inspection.kind !== 'told' || there.inspection.kind !== 'told') return there;
    const [one, other] = [
      { ...patient, facts: here.inspection.value },
      { ...peer, facts: there.inspection.value },
    ];
    const [to, from, folders] = await Promise.all([
      lookAlong(one, other),
      lookAlong(other, one),
      proveFolders([patient, peer], foldersToProve(one, other), `${token}-${index}`, unfinished),
    ]);
    return { ...there, ways: { to, from, folders } };
  });
  return { at: clock.now(), host: await looked, peers: await Promise.all(peers) };
}

async function look({ host, vms, driver, questions }: AskedPatient): Promise<HostFacts> {
  const reached = await questions.ask(connectedMs, (limits) => driver.connected(limits));
  if (reached.kind === 'failed') return { host, vms, inspection: { kind: 'silent', why: reached.why } };
  // A link can look whole for a while after its host is gone.
  const answers = await questions.ask(connectedMs, (limits) => driver.telemetry.host('cheap', limits));
  if (answers.kind === 'failed') return { host, vms, inspection: { kind: 'silent', why: answers.why } };
  const inspection = await questions.ask(inspectMs, (limits) => driver.inspection.inspect(limits));
  return { host, vms, inspection };
}

type Looked = AskedPatient & { readonly facts: HostInspection };

async function lookAlong(from: Looked, to: Looked): Promise<WayFacts> {
  const [cpu, resolves, ports, networks] = await Promise.all([
    to.questions.ask(questionMs, (limits) => to.driver.inspection.offersCpu(from.facts.cpuXml, limits)),
    from.questions.ask(questionMs, (limits) => from.driver.inspection.resolves(to.facts.hostname, limits)),
    reachPorts(from, to),
    joinedNetworks(from, to),
  ]);
  return { cpu, resolves, ports, networks };
}

/** As a migration does it: every address of the destination is tried, and the first that is reached counts. */
async function reachPorts(from: Looked, to: Looked): Promise<Asked<PortFacts>> {
  const { first, last } = to.facts.migrationPorts;
  const addresses = await to.questions.ask(questionMs, (limits) => to.driver.addresses(limits));
  if (addresses.kind === 'failed') return addresses;
  const reach = (address: string, port: number): Promise<Asked<ReachResult>> =>
    from.questions.ask(questionMs, (limits) => from.driver.migration.canReach(address, port, limits));
  const tried = await Promise.all(
    addresses.value.map(async (address) => ({ address, first: await reach(address, first) })),
  );
  const answered = tried.flatMap((each) =>
    each.first.kind === 'told' ? [{ address: each.address, first: each.first.value }] : [],
  );
  const reached = answered.find((each) => each.first.reachable);
  if (reached !== undefined) {
    const further = await reach(reached.address, last);
    return {
      kind: 'told',
      value: { ...reached, ...(further.kind === 'told' ? { last: further.value } : {}) },
    };
  }
  const [closed] = answered;
  if (closed !== undefined) return { kind: 'told', value: closed };
  const failed = tried[0]?.first;
  return failed?.kind === 'failed' ? failed : { kind: 'failed', why: `${to.host.name} told no address.` };
}

async function joinedNetworks(from: Looked, to: Looked): Promise<Asked<readonly JoinedNetwork[]>> {
  const nics = new Map(
    from.vms
      .flatMap((vm) => vm.nics)
      // One that is the VM's own affair has no source.
      .filter((nic) => nic.source !== '')
      .map(({ kind, source }) => [`${kind} ${source}`, { kind, source }]),
  );
  const asked = await Promise.all(
    [...nics.values()].map(async (nic) => ({
      nic,
      missing: await to.questions.ask(questionMs, (limits) =>
        to.driver.migration.missingNetworks([nic], limits),
      ),
    })),
  );
  const joined: JoinedNetwork[] = [];
  for (const { nic, missing } of asked) {
    if (missing.kind === 'failed') return missing;
    const [trouble] = missing.value;
    joined.push({
      name: nic.source,
      vms: joinedTo(from.vms, nic.kind, nic.source),
      ...(trouble === undefined ? {} : { trouble }),
    });
  }
  return { kind: 'told', value: joined };
}
