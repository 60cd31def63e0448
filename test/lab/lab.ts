import { Command, InvalidArgumentError } from 'commander';
import { buildLab, destroyLab, type HostWish } from './build.ts';
import { LabError } from './labError.ts';
import { openLab } from './startLab.ts';

const print = (value: unknown): void => console.log(JSON.stringify(value, null, 2));
const say = (line: string): void => console.error(line);

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('it must be a whole number, 0 or more.');
  return value;
}

function mbit(text: string): number | undefined {
  if (text === 'unlimited') return undefined;
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('it must be a number of Mbit/s above 0, or "unlimited".');
  return value;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

interface UpOptions {
  readonly hosts: number;
  readonly guests: number;
  readonly withoutLibvirt: readonly string[];
  readonly refusing: readonly string[];
}

async function up(options: UpOptions, name: string): Promise<void> {
  const letters = Array.from({ length: options.hosts }, (_, at) => `host-${String.fromCharCode(97 + at)}`);
  for (const wished of [...options.withoutLibvirt, ...options.refusing])
    if (!letters.includes(wished))
      throw new LabError(`There will be no host "${wished}"; the hosts are ${letters.join(', ')}.`);
  const hosts = letters.map(
    (host): HostWish => ({
      libvirt: !options.withoutLibvirt.includes(host),
      streamLocalForwarding: !options.refusing.includes(host),
    }),
  );
  const begun = performance.now();
  const lab = await buildLab({ name, hosts, guests: options.guests, stays: true, say });
  say(
    `Lab "${name}" is up after ${((performance.now() - begun) / 1000).toFixed(1)} s. End it with \`npm run lab -- down --name ${name}\`.`,
  );
  print(lab);
}

const program = new Command('lab')
  .description('Real libvirt hosts in network namespaces of this machine, with small running guests.')
  .option('--name <lab>', 'which lab', 'lab');
const nameOf = (): string => program.opts<{ name: string }>().name;
const open = () => openLab(nameOf());

/** Every verb may carry --name itself, since that is where one writes it. */
function verb(usage: string, description: string): Command {
  return program
    .command(usage)
    .description(description)
    .option('--name <lab>', 'which lab')
    .hook('preAction', (_, action) => {
      const own = action.opts<{ name?: string }>().name;
      if (own !== undefined) program.setOptionValue('name', own);
    });
}

verb('up', 'build the lab, anew if it is there')
  .requiredOption('--hosts <n>', 'how many hosts', count)
  .option('--guests <m>', 'how many guests; the first rewrites memory', count, 0)
  .option('--without-libvirt <host>', 'a host on which libvirt does not run (repeatable)', collect, [])
  .option('--refusing <host>', 'a host whose sshd refuses to forward sockets (repeatable)', collect, [])
  .action((options: UpOptions) => up(options, nameOf()));
verb('status', 'hosts, links, and where each guest is').action(async () =>
  print(await (await open()).status()),
);
verb('kill <host>', 'power cut: its cable goes dead, then all its processes').action(async (host: string) => {
  await (await open()).kill(host);
  print({ host, running: false });
});
verb('revive <host>', 'power is back').action(async (host: string) => {
  await (await open()).revive(host);
  print({ host, running: true });
});
verb('link <host>', "limit the host's cable")
  .requiredOption('--rate <mbit>', 'Mbit/s each way, or "unlimited"', (text) => ({ mbit: mbit(text) }))
  .action(async (host: string, { rate }: { rate: { mbit: number | undefined } }) => {
    await (await open()).link(host, rate.mbit);
    print({ host, rateMbit: rate.mbit ?? null });
  });
verb('cut <host>', "pull the host's cable").action(async (host: string) => {
  await (await open()).cut(host);
  print({ host, link: 'down' });
});
verb('heal <host>', 'plug it in again').action(async (host: string) => {
  await (await open()).heal(host);
  print({ host, link: 'up' });
});
verb('load <guest>', 'change how much memory a guest rewrites, and how fast')
  .requiredOption('--mib <n>', 'MiB', count)
  .requiredOption('--rate <n>', 'MiB/s', count)
  .action(async (guest: string, { mib, rate }: { mib: number; rate: number }) => {
    await (await open()).setLoad(guest, mib, rate);
    print({ guest, dirtyMiB: mib, dirtyRateMiBPerSecond: rate });
  });
verb('down', 'remove the lab with all it made').action(async () => {
  await destroyLab(nameOf());
  print({ name: nameOf(), down: true });
});

program.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
for (const command of program.commands)
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
