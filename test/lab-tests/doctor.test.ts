import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allFindings, type Diagnosis, diagnosisSchema, type Finding } from '#shared/model/diagnosis.ts';
import { clusterId, hostId } from '#shared/model/ids.ts';
import { wallClock } from '../../electron/backend/clock/clock.ts';
import { ManualClock } from '../../electron/backend/clock/testing/manualClock.ts';
import { diagnose } from '../../electron/backend/doctor/diagnose.ts';
import { gatherDoctorFacts, type Patient } from '../../electron/backend/doctor/gather.ts';
import type { HostDriver } from '../../electron/backend/drivers/drivers.ts';
import { ClaimLedger } from '../../electron/backend/inventory/claims.ts';
import { Inventory } from '../../electron/backend/inventory/inventory.ts';
import { Questions } from '../../electron/backend/questions.ts';
import { proveShared } from '../../electron/backend/sharedStorage/proveShared.ts';
import { Unfinished } from '../../electron/backend/unfinished.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { DroverCommand } from './droverCommand.ts';
import { linkState, type OpenHosts, openHosts } from './openHosts.ts';

const noLab = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const shared = '/var/lib/libvirt/shared';
const patience = { timeout: 60_000, interval: 100 };

describe.skipIf(noLab !== undefined)('the doctor at real hosts', () => {
  let lab: Lab;
  let hosts: OpenHosts;
  let inventory: Inventory;
  const drivers = new Map<string, HostDriver>();

  beforeAll(async () => {
    lab = await startLab({
      name: 'doctor',
      hosts: 3,
      guests: [{ name: 'vm-1', host: 'host-a' }],
    });
    // One that runs and one that does not: a disk is proven in the same way.
    await lab.defineGuest('host-a', { name: 'vm-2', storage: 'local' });
    hosts = openHosts(lab);
    inventory = new Inventory({
      clock: wallClock,
      claims: new ClaimLedger(),
      store: { lastKnown: () => undefined, saveLastKnown: () => undefined },
    });
    for (const name of ['host-a', 'host-b', 'host-c']) attach(name, hosts.open(name));
    while (inventory.view().vms.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  afterAll(async () => {
    inventory?.close();
    await hosts?.close();
    await lab?.down();
  });

  function attach(name: string, driver: HostDriver): void {
    drivers.set(name, driver);
    const address = `ssh://root@${lab.host(name).address}`;
    const definition = { id: hostId(name), clusterId: clusterId('lab'), name, address, declaredDead: false };
    inventory.attach(definition, driver);
  }

  async function lookOver(name: string, as?: HostDriver): Promise<Diagnosis> {
    const patients = inventory.view().hosts.map((host): Patient => {
      const driver = (host.name === name ? as : undefined) ?? drivers.get(host.name);
      if (driver === undefined) throw new Error(`no driver of ${host.name}`);
      return { host, vms: inventory.view().vms.filter((vm) => vm.hostId === host.id), driver };
    });
    const patient = patients.find(({ host }) => host.name === name);
    if (patient === undefined) throw new Error(`no host ${name}`);
    const peers = patients.filter((each) => each !== patient);
    const unfinished = new Unfinished();
    const token = `doctor-${name}`;
    return diagnose(await gatherDoctorFacts({ patient, peers, clock: wallClock, token, unfinished }));
  }

  const at = (findings: readonly Finding[] | undefined, check: string) =>
    (findings ?? []).filter((finding) => finding.check === check);
  const peer = (diagnosis: Diagnosis, name: string) => diagnosis.peers.find(({ hostId }) => hostId === name);
  const markersLeft = async () =>
    (await lab.exec('host-a', ['find', '/var/lib/libvirt', '-name', '.drover-*'])).trim();

  it('finds nothing that blocks a healthy host, proves what is shared, and leaves nothing behind', async () => {
    const diagnosis = await lookOver('host-a');
    expect(diagnosisSchema.parse(diagnosis)).toEqual(diagnosis);
    expect(allFindings(diagnosis).filter(({ level }) => level === 'blocking')).toEqual([]);
    expect(at(diagnosis.findings, 'libvirt')).toMatchObject([{ level: 'fine' }]);
    expect(at(diagnosis.findings, 'rights')).toMatchObject([{ level: 'fine' }]);
    expect(at(diagnosis.findings, 'pool.shared')).toMatchObject([{ level: 'fine' }]);
    expect(at(diagnosis.findings, 'clock')).toMatchObject([
      { level: 'fine', title: expect.stringMatching(/agrees with this workstation's to within \d+ ms/) },
    ]);
    const toB = peer(diagnosis, 'host-b')?.to;
    for (const check of ['cpu', 'machine', 'port', 'name', 'network', 'tls', 'clock'])
      expect(at(toB, `migration.${check}`), check).toMatchObject([{ level: 'fine' }]);
    expect(at(toB, 'migration.storage')).toMatchObject([
      { level: 'fine', title: `Both see the same folder: ${shared}.` },
      { level: 'warning', title: expect.stringMatching(/vm-2 moves to host-b only with its disks copied/) },
    ]);
    expect(await markersLeft()).toBe('');
  });

  it('says that a name which does not resolve hinders nothing, since addresses are passed', async () => {
    const toC = peer(await lookOver('host-a'), 'host-c')?.to;
    expect(at(toC, 'migration.name')).toMatchObject([
      {
        level: 'fine',
        title: 'host-a does not resolve the name host-c, and need not: Drover passes addresses.',
        cause: expect.stringContaining('migration_host in qemu.conf'),
      },
    ]);
  });

  it('finds a pool that is stopped, with a command that starts it', async () => {
    await lab.virsh('host-b', ['pool-destroy', 'local']);
    const [stopped] = at((await lookOver('host-b')).findings, 'pool.local');
    expect(stopped).toMatchObject({ level: 'warning', title: 'The pool local is not started.' });
    await lab.exec('host-b', ['sh', '-c', stopped?.fix?.command ?? 'false']);
    expect(at((await lookOver('host-b')).findings, 'pool.local')).toMatchObject([{ level: 'fine' }]);
  });

  it('judges with an ordinary login too, and proves shared folders by the other host', async () => {
    const operator = hosts.open('host-a', { user: lab.description().users.operator.user });
    const diagnosis = await lookOver('host-a', operator);
    expect(allFindings(diagnosis).filter(({ level }) => level === 'blocking')).toEqual([]);
    const [rights] = at(diagnosis.findings, 'rights.storage');
    expect(rights).toMatchObject({
      level: 'warning',
      title: 'operator may not write into the folders of local and shared.',
      fix: { on: 'host-a', command: expect.stringMatching(/^sudo setfacl -m u:operator:rwx /) },
    });
    expect(at(peer(diagnosis, 'host-b')?.from, 'migration.storage')[0]).toMatchObject({ level: 'fine' });
    expect(await markersLeft()).toBe('');
  });

  it('takes a marker away whose writing a real host ends late', async () => {
    const clock = new ManualClock();
    const unfinished = new Unfinished();
    const witness = (name: string) => {
      const driver = drivers.get(name);
      if (driver === undefined) throw new Error(`no driver of ${name}`);
      return { driver, questions: new Questions(clock, unfinished.ending) };
    };
    // Writing into it waits until somebody reads.
    const file = `${shared}/.drover-late`;
    await lab.exec('host-a', ['mkfifo', file]);
    const named = { writer: witness('host-a'), writerName: 'host-a', token: 'late' };
    const marker = { ...named, path: `${shared}/any`, patienceMs: 8_000, unfinished };
    const proving = proveShared(marker, witness('host-b'));
    await expect.poll(() => clock.size, patience).toBe(1);
    await clock.advance(8_000);
    expect(await proving).toMatchObject({ proof: 'unproven', left: { on: 'host-a', file, late: true } });
    expect(await markersLeft()).toBe(file);
    expect(await lab.exec('host-a', ['timeout', '60', 'cat', file])).toBe('late');
    await expect.poll(markersLeft, patience).toBe('');
  });

  it('says of a host that does not answer just that, and looks at the others all the same', async () => {
    await lab.stopLibvirt('host-c');
    const driver = drivers.get('host-c');
    if (driver === undefined) throw new Error('no driver of host-c');
    await linkState(driver, 'unreachable');
    const diagnosis = await lookOver('host-a');
    expect(peer(diagnosis, 'host-c')?.to).toMatchObject([
      { level: 'warning', title: 'host-c does not answer, so nothing could be asked.' },
    ]);
    expect(at(peer(diagnosis, 'host-b')?.from, 'migration.cpu')).toMatchObject([{ level: 'fine' }]);
  });

  it('finds closed migration ports in the one direction that they close', async () => {
    await lab.closePorts('host-b', 49_152, 49_215);
    const between = peer(await lookOver('host-a'), 'host-b');
    expect(at(between?.to, 'migration.port')).toMatchObject([
      {
        level: 'blocking',
        title: 'host-a does not reach the migration ports of host-b.',
        cause: expect.stringMatching(/ports 49152 to 49215, and port 49152 is not reached: no answer/),
        fix: { on: 'host-b', command: expect.stringContaining('49152') },
      },
    ]);
    expect(at(between?.from, 'migration.port')).toMatchObject([{ level: 'fine' }]);
  });

  it('is told by the command after adding a host and when asked, with 1 where something blocks', async () => {
    const drover = new DroverCommand();
    try {
      const words = (name: string) => [
        'host',
        'add',
        `ssh://root@${lab.host(name).address}`,
        '--cluster',
        'lab',
        '--key',
        lab.host(name).keyFile,
        '--accept-host-key',
        lab.host(name).hostKeys[0]?.fingerprint ?? '',
      ];
      const alone = await drover.run(...words('host-a'));
      expect(alone.code, alone.stderr).toBe(0);
      expect(alone.stdout).toBe('host-a added to lab.\n');
      const added = await drover.run(...words('host-b'));
      // Ports that are closed do not keep a host out.
      expect(added.code, added.stderr).toBe(0);
      expect(added.stderr).toMatch(/ {2}BLOCKS {2}host-a does not reach the migration ports of host-b\./);
      expect(added.stderr).toContain('drover host doctor host-b');
      // Both at once: one of them does the work of both.
      const [asked, json] = await Promise.all([
        drover.run('host', 'doctor', 'host-b'),
        drover.run('host', 'doctor', 'host-b', '--json'),
      ]);
      expect(asked.code).toBe(1);
      expect(asked.stdout).toMatch(/^host-b\n[^]*\nVMs from host-a to host-b\n {2}BLOCKS /);
      expect(asked.stdout).toMatch(/ {10}on host-b:\n {12}iptables -I INPUT/);
      expect(json.code).toBe(1);
      expect(z.object({ host: z.string(), level: z.string() }).parse(JSON.parse(json.stdout))).toEqual({
        host: 'host-b',
        level: 'blocking',
      });
    } finally {
      await drover.close();
    }
  });
});
