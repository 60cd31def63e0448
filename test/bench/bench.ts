import * as history from './history.ts';
import * as simulator from './simulator/simulator.ts';
import * as sweeps from './sweeps.ts';
import * as tables from './tables.ts';
import * as world from './world.ts';
import * as xdr from './xdr.ts';

// `npm run bench -- [xdr|history|world|simulator [--traces FOLDER]|tables|sweeps]`: without a word, all. Figures go to standard output, what it is doing to the other.

const words = process.argv.slice(2);
const tracesAt = words.indexOf('--traces');
const tracesFolder = tracesAt < 0 ? undefined : words.splice(tracesAt, 2)[1];

const benches = {
  xdr: async () => table([{ ...xdr.run() }]),
  history: async () => table([{ ...history.run() }]),
  world: async () => table([world.run()]),
  simulator: async () => table(await simulator.run(tracesFolder, (what) => console.error(what))),
  tables: async () => table(await tables.run((what) => console.error(what))),
  sweeps: async () => table((await sweeps.run((what) => console.error(what))).map((each) => ({ ...each }))),
} as const;

/** A line a figure and a column a run: figures are many and runs are few. */
function table(runs: readonly Readonly<Record<string, number>>[]): string {
  const names = Object.keys(runs[0] ?? {});
  const rows = names.map((name) => [name, ...runs.map((run) => inWords(run[name] ?? Number.NaN))]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ');
  return rows.map(line).join('\n');
}

function inWords(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

function isBench(name: string): name is keyof typeof benches {
  return name in benches;
}

const asked = words;
const unknown = asked.find((name) => !isBench(name));
if (unknown !== undefined) {
  console.error(
    `There is no bench called ${unknown}. Ask for ${Object.keys(benches).join(' or ')}, or for none of them.`,
  );
  process.exitCode = 2;
} else {
  for (const name of asked.length === 0 ? Object.keys(benches) : asked) {
    if (!isBench(name)) continue;
    console.log(`\n${name}\n${await benches[name]()}`);
  }
}
