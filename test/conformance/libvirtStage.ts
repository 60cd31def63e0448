import { wallClock } from '../../electron/backend/clock/clock.ts';
import { insideHost } from '../lab/places.ts';
import { guestXml, type Lab, startLab } from '../lab/startLab.ts';
import { openHosts } from '../lab-tests/openHosts.ts';
import { type Stage, type StageHost, until } from './stage.ts';

const guestName = 'guest';
const newcomerUuids = new Map<string, string>();

/** Two real hosts of a lab; the witness is virsh. */
export async function openLibvirtStage(): Promise<Stage> {
  const lab = await startLab({
    name: 'conformance',
    hosts: 2,
    guests: [{ name: guestName, host: 'host-a', memoryMiB: 112 }],
  });
  const hosts = openHosts(lab);
  const host = (name: string): StageHost => ({
    name,
    driver: hosts.open(name),
    another: () => hosts.open(name),
    kill: () => lab.kill(name),
    revive: () => lab.revive(name),
    cut: () => lab.cut(name),
    heal: () => lab.heal(name),
    restartLibvirt: () => lab.restartLibvirt(name),
  });
  const first = host('host-a');
  const second = host('host-b');
  await Promise.all([first.driver.connected(), second.driver.connected()]);
  const { uuid, memoryMiB } = lab.guest(guestName);
  return {
    kind: 'libvirt',
    first,
    second,
    clock: wallClock,
    folders: { shared: insideHost.sharedPool, local: insideHost.localPool },
    bandwidths: { slow: 16, quick: 64, capped: { rate: 8, mebibytes: 16 }, endless: 16 },
    guest: { name: guestName, uuid, memoryMiB },
    definition: (name) => definition(lab, name),
    forget: async (name) => {
      await lab.tryExec('host-a', ['rm', '-f', `${insideHost.sharedPool}/${name}.qcow2`]);
    },
    sightings: async (name) => (await lab.sightings(name)).map((seen) => `${seen.host} ${seen.state}`),
    setLoad: async (mebibytes, rate) => {
      await lab.setLoad(guestName, mebibytes, rate);
    },
    async hears() {
      await until(
        'the guest to answer',
        () => lab.ask(guestName, 300),
        (reading) => reading !== undefined,
      );
    },
    async close() {
      await hosts.close();
      await lab.down();
    },
  };
}

async function definition(lab: Lab, name: string) {
  const known = newcomerUuids.get(name);
  const uuid = known ?? `0badc0de-0000-4000-8000-${String(newcomerUuids.size).padStart(12, '0')}`;
  newcomerUuids.set(name, uuid);
  const disk = `${insideHost.sharedPool}/${name}.qcow2`;
  await lab.exec('host-a', [
    'sh',
    '-c',
    `test -e ${disk} || qemu-img create -q -f qcow2 -F qcow2 -b ${insideHost.sharedPool}/base.qcow2 ${disk} 64M`,
  ]);
  const place = { uuid, address: '10.77.250.250', mac: '52:54:00:4d:fa:fa' };
  return { xml: guestXml({ name, vnc: false }, place), uuid };
}
