import { shareCpu } from '../../world/physics/cpuShares.ts';
import { fairShares } from '../../world/physics/fairShares.ts';
import { streamOf } from '../../world/physics/random.ts';
import {
  advanceTransfer,
  beginTransfer,
  defaultCosts,
  guestStarted,
  nextTransferEvent,
} from '../../world/physics/transfer.ts';
import type { Transfer } from '../../world/physics/transferTypes.ts';
import { demandAt, type Workload, type WorkloadGuest } from '../../world/physics/workload.ts';
import { medianOf } from './measure.ts';

// What the model itself costs, without the world around it: the CPU of a data centre for one slot, and a hundred
// migrations at once.

const hosts = 1000;
const vmsPerHost = 10;
const hostCores = 16;
const transfers = 100;
const slotMs = 10_000;

export function run(): Readonly<Record<string, number>> {
  const centre = Array.from({ length: hosts }, (_, host) =>
    Array.from({ length: vmsPerHost }, (_, vm) => guestOf(host * vmsPerHost + vm)),
  );
  let at = 0;
  const slot = repeat(30, () => {
    at += slotMs;
    for (const guests of centre) {
      shareCpu(
        hostCores,
        0.1,
        guests.map(({ workload, guest }) => ({
          vcpus: guest.vcpus,
          demandCores: demandAt(workload, guest, at).cores,
        })),
      );
    }
  });

  const links = Object.fromEntries(
    Array.from({ length: hosts }, (_, host) => [
      [`${host}/up`, 1.17e9],
      [`${host}/down`, 1.17e9],
    ]).flat(),
  );
  const flows = Array.from({ length: transfers }, (_, index) => ({
    links: [`${index % 40}/up`, `${500 + (index % 60)}/down`],
  }));
  const shares = repeat(30, () => fairShares(links, flows));

  let events = 0;
  let simulatedMs = 0;
  const rates = fairShares(links, flows);
  const advance = repeat(7, () => {
    const done = Array.from({ length: transfers }, (_, index) => begun(index, rates[index])).map(through);
    events = done.reduce((sum, each) => sum + each.events, 0);
    simulatedMs = done.reduce((sum, each) => sum + each.endMs, 0);
  });
  return {
    slotMs: slot,
    fairSharesMs: shares,
    hundredMigrationsMs: advance,
    eventsEach: events / transfers,
    simulatedSecondsEach: simulatedMs / transfers / 1000,
  };
}

function guestOf(index: number): { readonly workload: Workload; readonly guest: WorkloadGuest } {
  const rates = { diskRead: 1e6, diskWrite: 2e6, networkReceive: 1e6, networkSend: 1e6 };
  const boot = { durationMs: 10_000, cores: 1, diskReadBytesPerSecond: 4e7 };
  const noise = { share: 0.2, slotMs };
  const cpu: Workload['cpu'] =
    index % 3 === 0
      ? { kind: 'diurnal', lowCores: 0.2, highCores: 3, peakHour: 15, slotMs }
      : index % 3 === 1
        ? { kind: 'bursty', idleCores: 0.1, burstCores: 3, burstChance: 0.4, slotMs }
        : { kind: 'constant', cores: 1.5 };
  return {
    workload: { cpu, noise, rates, boot },
    guest: { stream: streamOf(1, `vm-${index}`), vcpus: 4, phase: 'running' },
  };
}

function begun(index: number, rate: Transfer['rate'] | undefined): Transfer {
  if (rate === undefined) throw new Error('one share a flow');
  const gibibyte = 2 ** 30;
  return beginTransfer(
    {
      stream: index,
      stop: { kind: 'qemu', downtimeLimitMs: 300 },
      autoConverge: false,
      postCopy: false,
      diskBytes: 0,
      costs: defaultCosts,
    },
    {
      totalBytes: 16 * gibibyte,
      touchedBytes: 12 * gibibyte,
      // From idle to four fifths of the link: the last takes many rounds.
      writes: {
        workingSetBytes: 2 * gibibyte,
        bytesPerSecond: rate.bytesPerSecond * 0.8 * (index / transfers),
        pattern: { kind: 'uniform' },
      },
    },
    rate,
    { memory: 1, diskWriteBytesPerSecond: 0 },
    0,
  );
}

/** From event to event, as a world does. */
function through(begun: Transfer): { readonly events: number; readonly endMs: number } {
  let now = begun;
  let events = 0;
  for (;;) {
    const due = nextTransferEvent(now);
    if (due === undefined)
      return { events, endMs: guestStarted(now, now.handedOverMs ?? 0).transfer.endedMs ?? 0 };
    const step = advanceTransfer(now, due);
    events += step.events.length;
    now = step.transfer;
  }
}

/** Median milliseconds of a run, after one that only warms up. */
function repeat(times: number, work: () => unknown): number {
  work();
  return medianOf(
    Array.from({ length: times }, () => {
      const began = performance.now();
      work();
      return performance.now() - began;
    }),
  );
}
