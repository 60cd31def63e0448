import type { Diagnosis, Finding } from '#shared/model/diagnosis.ts';
import { clockFindings } from './clocks.ts';
import type { DoctorFacts, End, HostFacts, PeerFacts } from './facts.ts';
import { found, notKnown } from './finding.ts';
import { drover, word } from './fix.ts';
import { movingFindings } from './moving.ts';
import { networkFindings } from './networks.ts';
import { rightsFindings } from './rights.ts';
import { roomFindings } from './room.ts';
import { versionFindings } from './versions.ts';
import { kvmFinding } from './virtualisation.ts';

/** Facts in, findings out: same facts, same findings, to the byte. */
export function diagnose({ at, host, peers }: DoctorFacts): Diagnosis {
  return {
    hostId: host.host.id,
    at,
    findings: ofHost(host),
    peers: peers.map((peer) => ({ hostId: peer.host.id, ...ofPeer(host, peer) })),
  };
}

function ofHost({ host, vms, inspection }: HostFacts): readonly Finding[] {
  switch (inspection.kind) {
    case 'silent':
      return [silent('connection', 'blocking', host.name, inspection.why)];
    case 'failed':
      return [notKnown('inspection', `what ${host.name} is like`, inspection.why)];
    case 'told': {
      const facts = inspection.value;
      return [
        ...versionFindings(host, vms, facts),
        kvmFinding(host, vms, facts),
        ...rightsFindings(host, facts),
        ...roomFindings(host, vms, facts),
        ...networkFindings(host, vms, facts),
        ...clockFindings(host, facts),
      ];
    }
    default:
      return inspection satisfies never;
  }
}

function ofPeer(
  here: HostFacts,
  peer: PeerFacts,
): { readonly to: readonly Finding[]; readonly from: readonly Finding[] } {
  const both = (finding: Finding) => ({ to: [finding], from: [finding] });
  const check = 'migration.peer';
  for (const { host, inspection } of [here, peer]) {
    if (inspection.kind === 'silent') return both(silent(check, 'warning', host.name, inspection.why));
  }
  const [one, other] = [endOf(here), endOf(peer)];
  if (peer.ways === undefined || one === undefined || other === undefined) {
    const failed = [here, peer].find(({ inspection }) => inspection.kind === 'failed');
    const why = failed?.inspection.kind === 'failed' ? failed.inspection.why : 'They were not asked.';
    return both(
      notKnown(check, `whether VMs could move between ${here.host.name} and ${peer.host.name}`, why),
    );
  }
  const { to, from, folders } = peer.ways;
  return {
    to: movingFindings(one, other, to, folders),
    from: movingFindings(other, one, from, folders),
  };
}

function endOf({ host, vms, inspection }: HostFacts): End | undefined {
  return inspection.kind === 'told' ? { host, vms, facts: inspection.value } : undefined;
}

function silent(check: string, level: 'warning' | 'blocking', name: string, why: string): Finding {
  return found(level, check, `${name} does not answer, so nothing could be asked.`, {
    cause: why,
    fix: drover(`host reconnect ${word(name)}`),
  });
}
