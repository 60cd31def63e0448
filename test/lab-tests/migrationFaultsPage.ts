import type { Cell, Found } from './migrationFaults.ts';
import { type TestedWith, testedWithInWords } from './testedWith.ts';

/** docs/migration-faults.md, written by the test that tried every cell. */
export function faultTablePage(grid: readonly Cell[], found: readonly Found[], tested: TestedWith): string {
  const places = [...new Set(grid.map(placeOf))];
  const sections = places.map((place) => {
    const rows = grid.filter((cell) => placeOf(cell) === place).map((cell) => rowOf(cell, found));
    return `## ${place}

| struck by | where the guest is afterwards | the task | took |
|---|---|---|---:|
${rows.join('\n')}
`;
  });
  return `# What becomes of a migration when something fails

Every phase of a real migration between two real hosts (host-a to host-b, or back), struck by every fault; written whole by \`npm run test:long\`, ${testedWithInWords(tested)}. Where the guest is was asked of virsh on each host, not of Drover, and a watcher asked it all the while whether the guest ran twice: ${found.some(({ twice }) => twice.length > 0) ? '**it did, in the rows that say so**' : `in none of these ${found.length} it did`}.

Begin, prepare, perform, finish and confirm are the five phases of libvirt's protocol; pre-copy, switch-over and post-copy lie within perform and after it. "Before" and "after" are the moments right before and after Drover's call.

- *Dead* is a power cut: the host's link goes down, then everything on it is killed. *Declared so*: the operator tells Drover that it is. *Back later*: it is switched on again once the task says that it is undecided.
- *Link cut*: the destination's cable is pulled, for hosts and workstation alike.
- What a migration may have left on a host that was silent is a later task's, which has ended too before anybody looked.
- A guest whose own host dies is lost with it; so is one in post-copy when either host dies. Nothing else may cost it.

${sections.join('\n')}`;
}

function placeOf({ phase, moment }: Cell): string {
  return `${moment === 'before' ? 'Before' : 'After'} ${phase}`;
}

function rowOf(cell: Cell, found: readonly Found[]): string {
  const now = found.find(
    (each) => each.phase === cell.phase && each.moment === cell.moment && each.fault === cell.fault,
  );
  if (now === undefined) return `| ${cell.fault} | not tried | | |`;
  return `| ${cell.fault} | ${whereOf(now)} | ${taskOf(now)} | ${now.seconds} s |`;
}

function whereOf(now: Found): string {
  const twice = now.twice.length > 0 ? ' **RAN TWICE**' : '';
  const left = now.left.length > 0 ? ` (${now.left.join(', ')})` : '';
  if (now.runs === 'nowhere') return `runs nowhere${left}${twice}`;
  return `${now.runs}${now.same ? '' : ', but it stands still'}${left}${twice}`;
}

function taskOf(now: Found): string {
  const doubt = now.wasUndecided ? 'undecided at first, then ' : '';
  return `${doubt}${now.task}: ${now.outcome.replaceAll('|', '/').replaceAll('\n', ' ')}`;
}
