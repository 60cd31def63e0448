import type { CallOptions, HostCounters } from '../drivers.ts';
import type { HostAccess } from './hostLink.ts';

/** What libvirt does not tell of a host and its kernel does: CPU that was stolen, swap, its own cards and disks. */
export type KernelCounters = Pick<
  HostCounters,
  | 'cpuStealNs'
  | 'swapUsedMiB'
  | 'networkReceiveBytes'
  | 'networkSendBytes'
  | 'diskReadBytes'
  | 'diskWriteBytes'
>;

/** One process and three small files; cards that are hardware have a `device`. */
const question =
  'head -n 1 /proc/stat; grep ^Swap /proc/meminfo; cat /proc/net/dev /proc/diskstats; ls -d /sys/class/net/*/device; :';
const deadlineMs = 4000;

/** Never fails: where the login has no shell, or it is slow, these are not known this time. */
export async function kernelCounters(
  link: HostAccess,
  options: CallOptions | undefined,
): Promise<KernelCounters> {
  try {
    const asked = { ...options, deadlineMs: Math.min(deadlineMs, options?.deadlineMs ?? deadlineMs) };
    const { stdout } = await link.login().exec(`LC_ALL=C; export LC_ALL; ${question}`, asked);
    return readKernelCounters(stdout);
  } catch {
    return {};
  }
}

/** USER_HZ, which Linux shows everywhere as 100 whatever its kernel ticks at. */
const tickNs = 1e9 / 100;
const sectorBytes = 512;
/** Whole disks: a partition, a mapping or a RAID would count the same bytes again. */
const wholeDisk = /^(?:sd[a-z]+|[hv]d[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+|dasd[a-z]+)$/;
/** Where no card is hardware (a container): what joins VMs and bridges carries the same bytes again. */
const madeOfOthers = /^(?:lo|vnet\d+|virbr.*|br.*|docker.*|tap.*|macvtap.*|bond.*|team.*)$/;

export function readKernelCounters(text: string): KernelCounters {
  let cpuStealNs: number | undefined;
  const swap = new Map<string, number>();
  const cards = new Map<string, { readonly received: number; readonly sent: number }>();
  const hardware = new Set<string>();
  let disks: { readonly read: number; readonly written: number } | undefined;
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const [first = ''] = words;
    const device = /^\/sys\/class\/net\/([^/]+)\/device/.exec(first)?.[1];
    const card = /^\s*([^\s:]+):\s*(\d.*)$/.exec(line);
    if (first === 'cpu') {
      // user nice system idle iowait irq softirq steal
      const steal = Number(words[8]);
      if (Number.isFinite(steal)) cpuStealNs = steal * tickNs;
    } else if (/^Swap(?:Total|Free):$/.test(first)) {
      swap.set(first, Number(words[1]) / 1024);
    } else if (device !== undefined) {
      hardware.add(device);
    } else if (card !== null) {
      const numbers = card[2]?.trim().split(/\s+/).map(Number) ?? [];
      if (numbers.length >= 16 && card[1] !== undefined)
        cards.set(card[1], { received: numbers[0] ?? 0, sent: numbers[8] ?? 0 });
    } else if (words.length >= 14 && wholeDisk.test(words[2] ?? '')) {
      disks = {
        read: (disks?.read ?? 0) + Number(words[5]) * sectorBytes,
        written: (disks?.written ?? 0) + Number(words[9]) * sectorBytes,
      };
    }
  }
  const real = [...cards].filter(([name]) => hardware.has(name));
  const counted = real.length > 0 ? real : [...cards].filter(([name]) => !madeOfOthers.test(name));
  const total = swap.get('SwapTotal:');
  const free = swap.get('SwapFree:');
  return {
    ...(cpuStealNs === undefined ? {} : { cpuStealNs }),
    ...(total === undefined || free === undefined ? {} : { swapUsedMiB: total - free }),
    ...(counted.length === 0
      ? {}
      : {
          networkReceiveBytes: counted.reduce((sum, [, { received }]) => sum + received, 0),
          networkSendBytes: counted.reduce((sum, [, { sent }]) => sum + sent, 0),
        }),
    ...(disks === undefined ? {} : { diskReadBytes: disks.read, diskWriteBytes: disks.written }),
  };
}
