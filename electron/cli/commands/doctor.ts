import {
  allFindings,
  type Diagnosis,
  type Finding,
  type FindingLevel,
  overallLevel,
  worstFirst,
} from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { LiveState } from '#shared/model/live.ts';

/** Words, so that nothing is told by colour alone; of one width, so that they stand in a column. */
export const marks: Readonly<Record<FindingLevel, string>> = {
  fine: 'fine   ',
  warning: 'WARNING',
  blocking: 'BLOCKS ',
};
const indent = ' '.repeat(10);

/** Everything that was found, by host and direction; what is not fine first. */
export function diagnosisInWords(state: LiveState, host: Host, diagnosis: Diagnosis): string {
  const groups: readonly (readonly [string, readonly Finding[]])[] = [
    [host.name, diagnosis.findings],
    ...diagnosis.peers.flatMap((peer): readonly (readonly [string, readonly Finding[]])[] => [
      [`VMs from ${host.name} to ${nameOf(state, peer.hostId)}`, peer.to],
      [`VMs from ${nameOf(state, peer.hostId)} to ${host.name}`, peer.from],
    ]),
  ];
  return [
    ...groups.flatMap(([title, findings]) => [title, ...worstFirst(findings).flatMap(lines), '']),
    summary(host, diagnosis),
  ].join('\n');
}

/** With names beside ids, and the worst level of all. */
export function diagnosisForPrograms(
  state: LiveState,
  host: Host,
  diagnosis: Diagnosis,
): Readonly<Record<string, unknown>> {
  return {
    host: host.name,
    id: host.id,
    at: diagnosis.at,
    level: overallLevel(allFindings(diagnosis)),
    findings: diagnosis.findings,
    peers: diagnosis.peers.map(({ hostId, to, from }) => ({
      host: nameOf(state, hostId),
      id: hostId,
      to,
      from,
    })),
  };
}

function nameOf(state: LiveState, id: HostId): string {
  return state.hosts.find((each) => each.id === id)?.name ?? id;
}

function lines({ level, title, cause, fix }: Finding): readonly string[] {
  return [
    `  ${marks[level]} ${title}`,
    ...(cause === undefined ? [] : [`${indent}${cause}`]),
    ...(fix === undefined
      ? []
      : [
          `${indent}on ${fix.on}:`,
          `${indent}  ${fix.command}`,
          ...(fix.note === undefined ? [] : [`${indent}${fix.note}`]),
        ]),
  ];
}

export function summary(host: Host, diagnosis: Diagnosis): string {
  const all = allFindings(diagnosis);
  const count = (level: FindingLevel) => all.filter((finding) => finding.level === level).length;
  const [blocking, warning] = [count('blocking'), count('warning')];
  const level = overallLevel(all);
  switch (level) {
    case 'fine':
      return `${host.name} is fine: ${all.length} checks.`;
    case 'warning':
      return `${host.name} works; ${things(warning)} to look at.`;
    case 'blocking':
      return `${things(blocking)} ${blocking === 1 ? 'blocks' : 'block'} ${host.name} or migrations with it${warning === 0 ? '' : `, and ${things(warning)} to look at`}.`;
    default:
      return level satisfies never;
  }
}

function things(count: number): string {
  return count === 1 ? '1 thing' : `${count} things`;
}
