import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { dearEverySweeps } from '#shared/model/samples.ts';
import type { DomainCounters, HostDriver } from '../../electron/backend/drivers/drivers.ts';
import { domainStatsFlags } from '../../electron/backend/drivers/libvirt/rpc/constants.ts';
import {
  connectGetAllDomainStats,
  domainStatsGroups,
  type LibvirtConnection,
  openConnection,
} from '../../electron/backend/drivers/libvirt/rpc/rpc.ts';
import { domainCounters } from '../../electron/backend/drivers/libvirt/telemetry.ts';
import { reconcileEveryMs } from '../../electron/backend/inventory/hostWatch.ts';
import { cheapEveryMs } from '../../electron/backend/monitoring/sampleHost.ts';
import { type Lab, startLab } from '../lab/startLab.ts';
import { openHosts } from '../lab-tests/openHosts.ts';
import { answerTimes } from './answerTimes.ts';
import { type HostCost, meterOf } from './hostCost.ts';
import { medianOf, stopwatch } from './measure.ts';
import { openShell } from './openShell.ts';

// What it costs to watch a host with 1, 10 and 50 running domains: one sweep by Drover over SSH, by `virsh domstats`
// over the same SSH login, and by virsh once a domain as scripts do it; and the host's work in a minute of each.

export interface SweepFigures extends CostFigures {
  readonly runningDomains: number;
  /** Medians, milliseconds: from the question to numbers ready for use. */
  readonly droverFullMs: number;
  readonly droverCheapMs: number;
  readonly virshDomstatsMs: number;
  readonly virshEachMs: number;
  /** From libvirtd's getting the same full question on its own socket to its last byte. */
  readonly libvirtdFullMs: number;
  /**
   * What SSH and decoding add to that, each measured apart: libvirtd's own time of a full sweep varies by more than the
   * two together. SSH is measured with a question that libvirtd answers from memory.
   */
  readonly sshMs: number;
  readonly decodingMs: number;
  readonly addedMs: number;
  /** CPU milliseconds: what is asked once a connection, and what libvirtd makes out once after its own start. */
  readonly firstLookLibvirtd: number;
}

/** CPU milliseconds that a minute costs the host. */
interface CostFigures {
  /** By Drover's own rates, inventory included. */
  readonly mixedLibvirtd: number;
  readonly mixedQemu: number;
  readonly mixedSshd: number;
  /** By a full sweep each second, without inventory. */
  readonly everySecondLibvirtd: number;
  readonly everySecondQemu: number;
  readonly everySecondSshd: number;
  /** Of the one in the other. */
  readonly shareOfLibvirtd: number;
  readonly shareOfHost: number;
}

const sizes = [1, 10, 50] as const;
const hostName = 'host-a';
const rounds = 30;
const quickRounds = 100;
const virshRounds = 5;
const settleMs = 3000;
const quickGroups = domainStatsGroups.state | domainStatsGroups.interface;
const fullGroups =
  domainStatsGroups.state |
  domainStatsGroups.cpuTotal |
  domainStatsGroups.interface |
  domainStatsGroups.balloon |
  domainStatsGroups.block |
  domainStatsGroups.vcpu;

export async function run(say: (what: string) => void = () => undefined): Promise<readonly SweepFigures[]> {
  const lab = await startLab({ name: 'bench-sweeps', hosts: 1, guests: 0 });
  const hosts = openHosts(lab);
  try {
    const driver = hosts.open(hostName);
    await driver.connected();
    const figures: SweepFigures[] = [];
    let running = 0;
    for (const size of sizes) {
      for (; running < size; running += 1) await startIdleDomain(lab, running + 1);
      await delay(settleMs);
      const firstLookLibvirtd = await costOfFirstLook(lab, hosts.open(hostName));
      figures.push({ ...(await figuresOf(lab, driver, size)), firstLookLibvirtd });
      say(JSON.stringify(figures.at(-1)));
    }
    return figures;
  } finally {
    await hosts.close();
    await lab.down();
  }
}

async function figuresOf(
  lab: Lab,
  driver: HostDriver,
  runningDomains: number,
): Promise<Omit<SweepFigures, 'firstLookLibvirtd'>> {
  const sweep = async (depth: 'cheap' | 'full') => {
    const found = await driver.telemetry.domains(depth);
    if (found.length !== runningDomains)
      throw new Error(`a sweep found ${found.length} of ${runningDomains}`);
  };
  const answers = answerTimes(connect(lab.host(hostName).libvirtSocket));
  const local = await openConnection(answers.transport, { host: hostName, keepalive: false });
  const shell = await openShell(lab, hostName);
  const remote = await shell.libvirt();
  const droverFull: number[] = [];
  const droverCheap: number[] = [];
  const stats: number[] = [];
  const each: number[] = [];
  const libvirtdFull: number[] = [];
  const decodingFull: number[] = [];
  const transport: number[] = [];
  try {
    await sweep('full');
    for (let round = 0; round < rounds; round += 1) {
      droverFull.push(await stopwatch(() => sweep('full')));
      const full = await answers.time(() => counters(local, fullGroups));
      libvirtdFull.push(full.ownMs);
      decodingFull.push(full.decodingMs);
      droverCheap.push(await stopwatch(() => sweep('cheap')));
    }
    for (let round = 0; round < quickRounds; round += 1) {
      const quick = await answers.time(() => counters(local, quickGroups));
      const overSsh = await stopwatch(() => counters(remote, quickGroups));
      transport.push(overSsh - quick.ownMs - quick.decodingMs);
    }
    for (let round = 0; round < virshRounds; round += 1) {
      stats.push(await stopwatch(() => shell.run('virsh domstats --list-active >/dev/null')));
      each.push(
        await stopwatch(() =>
          shell.run('for name in $(virsh list --name); do virsh domstats "$name" >/dev/null; done'),
        ),
      );
    }
  } finally {
    await remote.close();
    await shell.close();
    await local.close();
  }
  const sshMs = medianOf(transport);
  const decodingMs = medianOf(decodingFull);
  return {
    runningDomains,
    droverFullMs: medianOf(droverFull),
    droverCheapMs: medianOf(droverCheap),
    virshDomstatsMs: medianOf(stats),
    virshEachMs: medianOf(each),
    libvirtdFullMs: medianOf(libvirtdFull),
    sshMs,
    decodingMs,
    addedMs: sshMs + decodingMs,
    ...(await costOfAMinute(lab, driver, sweep)),
  };
}

async function counters(connection: LibvirtConnection, stats: number): Promise<readonly DomainCounters[]> {
  const { retStats } = await connection.call(
    connectGetAllDomainStats,
    { doms: [], stats, flags: domainStatsFlags.noWait | domainStatsFlags.active },
    { deadlineMs: 60_000 },
  );
  return retStats.map(({ dom, params }) => domainCounters(dom, params));
}

/** The questions that a minute holds, asked one after the other: their cost does not hang on the waiting between. */
async function costOfAMinute(
  lab: Lab,
  driver: HostDriver,
  sweep: (depth: 'cheap' | 'full') => Promise<void>,
): Promise<CostFigures> {
  const sweepsAMinute = 60_000 / cheapEveryMs;
  // What is asked once a connection (the host's capabilities above all) is no cost of a minute.
  await reconcile(driver);
  const cost = await meterOf(lab, hostName);
  const mixed = await cost(async () => {
    for (let number = 0; number < sweepsAMinute; number += 1) {
      const depth = number % dearEverySweeps === 0 ? 'full' : 'cheap';
      await Promise.all([driver.telemetry.host(depth), sweep(depth)]);
    }
    for (let number = 0; number < 60_000 / reconcileEveryMs; number += 1) await reconcile(driver);
  });
  const everySecond = await cost(async () => {
    for (let second = 0; second < 60; second += 1) {
      await Promise.all([driver.telemetry.host('full'), sweep('full')]);
    }
  });
  return {
    mixedLibvirtd: mixed.libvirtd,
    mixedQemu: mixed.qemu,
    mixedSshd: mixed.sshd,
    everySecondLibvirtd: everySecond.libvirtd,
    everySecondQemu: everySecond.qemu,
    everySecondSshd: everySecond.sshd,
    shareOfLibvirtd: mixed.libvirtd / everySecond.libvirtd,
    shareOfHost: allOf(mixed) / allOf(everySecond),
  };
}

async function costOfFirstLook(lab: Lab, driver: HostDriver): Promise<number> {
  await driver.connected();
  const cost = await meterOf(lab, hostName);
  const { libvirtd } = await cost(() => reconcile(driver));
  await driver.close();
  return libvirtd;
}

async function reconcile(driver: HostDriver): Promise<void> {
  await driver.domains.list();
  await driver.telemetry.capacity();
}

function allOf({ libvirtd, qemu, sshd }: HostCost): number {
  return libvirtd + qemu + sshd;
}

/** One that stops at its firmware with nothing to boot: it has a disk, a card and a balloon, and costs next to nothing. */
async function startIdleDomain(lab: Lab, number: number): Promise<void> {
  const name = `idle-${number}`;
  const disk = `/var/lib/libvirt/local/${name}.qcow2`;
  const mac = `52:54:00:be:00:${number.toString(16).padStart(2, '0')}`;
  await lab.exec(hostName, ['qemu-img', 'create', '-q', '-f', 'qcow2', disk, '1M']);
  const xml = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>16</memory><vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os><features><acpi/></features>
    <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='${disk}'/>
    <target dev='vda' bus='virtio'/></disk><interface type='bridge'><mac address='${mac}'/><source bridge='br0'/>
    <model type='virtio'/><rom enabled='no'/></interface><controller type='usb' model='none'/>
    <memballoon model='virtio'/></devices></domain>`;
  await lab.virsh(hostName, ['create', '/dev/stdin'], xml);
}
