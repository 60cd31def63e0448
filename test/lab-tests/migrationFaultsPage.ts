import type { Cell, Found } from './migrationFaults.ts';

/** docs/migration-faults.md, written by the test that tried every cell. */
export function faultTablePage(grid: readonly Cell[], found: readonly Found[]): string {
  const rows = grid.map((cell) => {
    const now = found.find(
      (each) => each.phase === cell.phase && each.moment === cell.moment && each.fault === cell.fault,
    );
    return `| ${cell.moment} ${cell.phase} | ${cell.fault} | ${now === undefined ? 'not tried | | ' : `${whereOf(now)} | ${taskOf(now)} | ${now.seconds} s`} |`;
  });
  return `# What becomes of a migration when something fails

Written by \`npm run test:long\`: every phase of a real migration between two real hosts, struck by every fault. virsh, asked on each host by itself, says where the VM runs at the end; a watcher asked it all the while whether it ran twice. It never did in any row below unless the row says so.

*Phases*: begin, prepare, perform, finish and confirm are libvirt's five; pre-copy, switch-over and post-copy are parts of perform and of what follows it. *Dead* is a power cut: the host's link goes down, then everything on it is killed. *Declared so*: the operator tells Drover that the host is dead; *back later*: it is switched on again.

| struck | by | the VM afterwards | the task says | took |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function whereOf(now: Found): string {
  const twice = now.twice.length > 0 ? ' **RAN TWICE**' : '';
  const left = now.left.length > 0 ? `; ${now.left.join(', ')}` : '';
  const anew = now.runs === 'nowhere' || now.same ? '' : ' (does not answer, or was started anew)';
  return `${now.runs === 'nowhere' ? 'does not run' : `runs on the ${now.runs}`}${anew}${left}${twice}`;
}

function taskOf(now: Found): string {
  const doubt = now.wasUndecided ? 'first undecided, then ' : '';
  const text = now.error === '' ? now.outcome : now.error;
  return `${doubt}${now.task}: ${text.replaceAll('|', '/').replaceAll('\n', ' ')}`;
}
