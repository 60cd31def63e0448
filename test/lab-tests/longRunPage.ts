import type { Cost } from './outage.ts';
import { type TestedWith, testedWithInWords } from './testedWith.ts';

export interface SoakFound {
  readonly moves: number;
  readonly ways: readonly { readonly name: string; readonly costs: readonly Cost[] }[];
  readonly heapGrowthKiB: number;
  readonly filesBefore: number;
  readonly filesAfter: number;
  readonly with: TestedWith;
}

/** docs/long-run.md, written whole by the soak. */
export function longRunPage(found: SoakFound): string {
  const rows = found.ways.map(
    ({ name, costs }) =>
      `| ${name} | ${costs.length} | ${spread(costs.map((cost) => cost.downtimeMs))} | ${spread(costs.map((cost) => cost.outageMs))} |`,
  );
  return `# Last results of the long run

Written by \`npm run test:long\` (\`test/lab-tests/soak.test.ts\`) ${testedWithInWords(found.with)}. [What becomes of a migration when something fails](migration-faults.md) is written by the same run.

One guest that rewrites its memory is moved back and forth between two real hosts, ${found.moves} times measured after a warm-up, every way by turns. One TCP stream from outside to the guest's counter outlived all of them; after each move virsh found the guest on one host only.

**Downtime** is what QEMU says that the guest stood still. The **outage** is what an outside observer of the guest's counter saw: the longest time without a line of it, of which one is due every 10 ms. It holds the downtime, the time until the network finds the guest at its new host, and whatever else the machine was busy with; the run fails where it is longer than five times the downtime and five seconds. All in milliseconds.

| way | moves | downtime: median, 95 %, longest | outage: median, 95 %, longest |
|---|---:|---:|---:|
${rows.join('\n')}

Left behind after ${found.moves} moves: ${found.filesAfter - found.filesBefore} open files more than before, and a heap that had grown by ${found.heapGrowthKiB} KiB after collection (their records are in the database; 6 MiB fail the run).
`;
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return [at(0.5), at(0.95), at(1)].map((value) => Math.round(value)).join(' · ');
}
