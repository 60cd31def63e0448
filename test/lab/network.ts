import { z } from 'zod';
import { LabError } from './labError.ts';
import type { LabDescription, LabHost } from './labState.ts';
import { runProgram, tryProgram } from './runProgram.ts';

/** A name with a dot: lab "a" and lab "a-b" can then not mistake each other's namespaces for their own. */
export const namespaceOf = (lab: string, part: string): string => `drv-${lab}.${part}`;
export const cableOf = (index: number): string => `drv${index}`;
const switchOf = (lab: LabDescription): string => namespaceOf(lab.name, 'switch');

const macOf = (index: number, number: number): string =>
  `02:4d:${[77, index, number >> 8, number & 255].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;

const lines = (...commands: readonly string[]): string => `${commands.join('\n')}\n`;

export const inNamespace = (namespace: string, command: readonly string[]): readonly string[] => [
  'nsenter',
  `--net=/run/netns/${namespace}`,
  '--',
  ...command,
];

/** The switch in a namespace of its own, and the one cable between it and the workstation. */
export async function layNetwork(lab: LabDescription): Promise<void> {
  const inside = switchOf(lab);
  await runProgram(['ip', 'netns', 'add', inside]);
  await runProgram(['ip', '-n', inside, '-batch', '-'], {
    input: lines(
      'link add switch type bridge forward_delay 0 mcast_snooping 0',
      'link set switch addrgenmode none',
      'link set switch up',
    ),
  });
  await runProgram(['ip', '-batch', '-'], {
    input: lines(
      `link add ${lab.cable} type veth peer name workstation netns ${inside}`,
      `link set ${lab.cable} addrgenmode none`,
      `address add ${lab.workstation}/24 dev ${lab.cable}`,
      `link set ${lab.cable} up`,
      // Should the cable go, the lab's addresses are unreachable rather than someone else's.
      `route replace unreachable ${lab.subnet} metric 4278198272`,
    ),
  });
  await runProgram(['ip', '-n', inside, '-batch', '-'], {
    input: lines('link set workstation addrgenmode none master switch', 'link set workstation up'),
  });
}

/** A host's network namespace: bridge br0 with the host's address, joined to the switch; its guests join br0. */
export async function plugHost(lab: LabDescription, host: LabHost): Promise<void> {
  const number = lab.hosts.indexOf(host) + 1;
  await runProgram(['ip', 'netns', 'add', host.namespace]);
  await runProgram(['ip', '-batch', '-'], {
    input: lines(
      `link add uplink netns ${host.namespace} type veth peer name ${host.name} netns ${switchOf(lab)}`,
    ),
  });
  await runProgram(['ip', '-n', host.namespace, '-batch', '-'], {
    input: lines(
      'link set lo up',
      `link add br0 address ${macOf(lab.index, number)} type bridge forward_delay 0 mcast_snooping 0`,
      'link set br0 addrgenmode none',
      'link set uplink addrgenmode none master br0',
      'link set uplink up',
      `address add ${host.address}/24 dev br0`,
      'link set br0 up',
    ),
  });
  await runProgram(['ip', '-n', switchOf(lab), '-batch', '-'], {
    input: lines(`link set ${host.name} addrgenmode none master switch`, `link set ${host.name} up`),
  });
}

/** Pulls or plugs the host's cable at the switch. */
export async function setLink(lab: LabDescription, host: LabHost, state: 'up' | 'down'): Promise<void> {
  await runProgram(['ip', '-n', switchOf(lab), 'link', 'set', host.name, state]);
}

/** Limits the host's cable, each way, to a rate in Mbit/s; undefined takes the limit away. */
export async function setLinkRate(
  lab: LabDescription,
  host: LabHost,
  rateMbit: number | undefined,
): Promise<void> {
  const ends = [
    [host.namespace, 'uplink'],
    [switchOf(lab), host.name],
  ] as const;
  for (const [namespace, device] of ends) {
    if (rateMbit === undefined) {
      const gone = await tryProgram(inNamespace(namespace, ['tc', 'qdisc', 'del', 'dev', device, 'root']));
      // Nothing to take away is what was asked for.
      if (gone.exitCode !== 0 && !/No such file|zero|Invalid argument/.test(gone.stderr))
        throw new LabError(`The rate limit of ${host.name} could not be taken away: ${gone.stderr.trim()}`);
      continue;
    }
    // Large enough a burst for a segment as the kernel hands it over (64 KiB), or 10 ms of a fast link.
    const burstBytes = Math.max(65_536, Math.round((rateMbit * 1e6) / 8 / 100));
    const limit = ['rate', `${rateMbit}mbit`, 'burst', String(burstBytes), 'latency', '200ms'];
    await runProgram(
      inNamespace(namespace, ['tc', 'qdisc', 'replace', 'dev', device, 'root', 'tbf', ...limit]),
    );
  }
}

/**
 * From now on the host swallows TCP to these ports, as a firewall that drops packets does. By routing rules, which every
 * kernel has: the rule must come before that of the host's own addresses, which is therefore moved behind it.
 */
export async function closePorts(host: LabHost, first: number, last: number): Promise<void> {
  const rules = lines(
    'rule add pref 100 lookup local',
    'rule del pref 0',
    `rule add pref 50 iif br0 ipproto tcp dport ${first}-${last} blackhole`,
  );
  await runProgram(['ip', '-n', host.namespace, '-batch', '-'], { input: rules });
}

const qdiscsSchema = z.array(
  z.object({ kind: z.string(), options: z.object({ rate: z.number().optional() }).optional() }),
);
const linksSchema = z.array(z.object({ ifname: z.string(), flags: z.array(z.string()) }));

export async function linkRateMbit(host: LabHost): Promise<number | null> {
  const told = await runProgram(inNamespace(host.namespace, ['tc', '-j', 'qdisc', 'show', 'dev', 'uplink']));
  const limit = qdiscsSchema.parse(JSON.parse(told)).find((qdisc) => qdisc.kind === 'tbf');
  return limit?.options?.rate === undefined ? null : (limit.options.rate * 8) / 1e6;
}

/** The hosts whose cable is plugged in at the switch. */
export async function pluggedHosts(lab: LabDescription): Promise<ReadonlySet<string>> {
  const told = linksSchema.parse(
    JSON.parse(await runProgram(['ip', '-n', switchOf(lab), '-j', 'link', 'show'])),
  );
  return new Set(told.filter((link) => link.flags.includes('UP')).map((link) => link.ifname));
}

/** Ends every process of the namespace at once; resolves when none is left. */
export async function killNamespace(namespace: string): Promise<void> {
  for (let round = 0; round < 200; round++) {
    const told = await tryProgram(['ip', 'netns', 'pids', namespace]);
    const pids = told.stdout.split('\n').filter(Boolean).map(Number);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself meanwhile.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new LabError(
    `Processes in namespace ${namespace} survive SIGKILL; \`ip netns pids ${namespace}\` lists them.`,
  );
}

const namespacesSchema = z.array(z.object({ name: z.string() }));

/** Takes away all a lab of this name may have left in the kernel: processes, namespaces, cable, route. Safe to repeat. */
export async function clearNetwork(name: string, index: number | undefined): Promise<void> {
  const told = await runProgram(['ip', '-j', 'netns', 'list']);
  const all = namespacesSchema.parse(JSON.parse(told.trim() || '[]')).map((one) => one.name);
  const own = all.filter((one) => one.startsWith(namespaceOf(name, '')));
  await Promise.all(own.map(killNamespace));
  if (index !== undefined) {
    await tryProgram(['ip', 'link', 'del', cableOf(index)]);
    await tryProgram(['ip', 'route', 'del', 'unreachable', `10.77.${index}.0/24`]);
  }
  for (const namespace of own) await runProgram(['ip', 'netns', 'del', namespace]);
}
