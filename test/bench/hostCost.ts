import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../lab/startLab.ts';

/** CPU time in milliseconds, by who on the host spent it. */
export interface HostCost {
  readonly libvirtd: number;
  /** QEMU answers on its monitor what libvirtd cannot know by itself. */
  readonly qemu: number;
  readonly sshd: number;
}

const spenders = ['libvirtd', 'qemu-system-x86', 'sshd'] as const;
const quietMs = 5000;

/** What a host spends on questions: all of its processes that answer, less what they spend when nobody asks. */
export async function meterOf(
  lab: Lab,
  hostName: string,
): Promise<(work: () => Promise<void>) => Promise<HostCost>> {
  const during = async (work: () => Promise<unknown>) => {
    const before = await spentSoFar(lab, hostName);
    const began = performance.now();
    await work();
    const milliseconds = performance.now() - began;
    const after = await spentSoFar(lab, hostName);
    return { milliseconds, spent: spenders.map((_, index) => (after[index] ?? 0) - (before[index] ?? 0)) };
  };
  const quiet = await during(() => delay(quietMs));
  return async (work) => {
    const { milliseconds, spent } = await during(work);
    const [libvirtd = 0, qemu = 0, sshd = 0] = spent.map(
      (each, index) => each - ((quiet.spent[index] ?? 0) * milliseconds) / quiet.milliseconds,
    );
    return { libvirtd, qemu, sshd };
  };
}

/** From the scheduler's own account, which is in nanoseconds; what a thread spent goes with it, and these stay. */
async function spentSoFar(lab: Lab, hostName: string): Promise<readonly number[]> {
  const script = `for name in ${spenders.join(' ')}; do
    for pid in $(pgrep -x "$name"); do cat /proc/$pid/task/*/schedstat; done | awk '{ sum += $1 } END { print sum / 1e6 }'
  done`;
  const lines = (await lab.exec(hostName, ['sh', '-c', script])).trim().split('\n');
  return lines.map(Number);
}
