import { describe, expect, it } from 'vitest';
import { DroverError } from '#shared/contract/errors.ts';
import { allFindings, type Diagnosis } from '#shared/model/diagnosis.ts';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import { ManualClock, settled } from '../clock/testing/manualClock.ts';
import type { HostDriver, StorageDriver } from '../drivers/drivers.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import { Unfinished } from '../unfinished.ts';
import { diagnose } from './diagnose.ts';
import { gatherDoctorFacts, type Patient } from './gather.ts';
import { told } from './testing/soundHost.ts';

type Changes = { readonly [Concern in keyof HostDriver]?: Partial<HostDriver[Concern]> };

const refused = () =>
  Promise.reject(new DroverError({ code: 'libvirt-refused', tried: 'Do it', cause: 'no such thing' }));
const forEver = () => new Promise<never>(() => undefined);

/** Hosts in memory that all see one folder, and the doctor who is asked to look the first of them over. */
class Practice {
  readonly clock = new ManualClock();
  readonly unfinished = new Unfinished();
  readonly hosts = new FakeHosts();
  /** Every question about a marker, as `server-a write`, in order. */
  readonly asked: string[] = [];
  /** In the folder that all hosts see. */
  readonly markers = new Set<string>();

  constructor() {
    this.hosts.clock = this.clock;
  }

  patient(name: string, changes: Changes = {}): Patient {
    const host = someHost(name);
    const disk = { target: 'vda', device: 'disk', format: 'raw', cache: 'none' } as const;
    const path = '/srv/shared/web-01.raw';
    const kept = { source: path, readOnly: false, shareable: false, backingChain: [] };
    const driver = this.hosts.host(host.address).driver();
    const marker = (verb: string, act: (token: string) => void) => async (_path: string, token: string) => {
      this.asked.push(`${name} ${verb}`);
      act(token);
    };
    const storage: StorageDriver = {
      ...driver.storage,
      writeMarker: marker('write', (token) => this.markers.add(token)),
      removeMarker: marker('remove', (token) => this.markers.delete(token)),
      hasMarker: async (_path, token) => this.markers.has(token),
      ...changes.storage,
    };
    return {
      host,
      vms: [someVm('web-01', host, { disks: [{ ...disk, ...kept }] })],
      driver: {
        ...driver,
        storage,
        telemetry: { ...driver.telemetry, ...changes.telemetry },
        migration: { ...driver.migration, ...changes.migration },
        inspection: {
          ...driver.inspection,
          inspect: async () => told({ hostname: name }).value,
          ...changes.inspection,
        },
      },
    };
  }

  async lookOver(patient: Patient, ...peers: readonly Patient[]): Promise<Diagnosis> {
    const { clock, unfinished } = this;
    return diagnose(await gatherDoctorFacts({ patient, peers, clock, token: 'doctor-1', unfinished }));
  }
}

const wayTo = ({ peers }: Diagnosis, name: string) => peers.find(({ hostId }) => hostId === name);
const checked = (findings: Diagnosis['findings'] | undefined, check: string) =>
  (findings ?? []).filter((finding) => finding.check === check);

describe('asking hosts for the doctor', () => {
  it('asks all, proves the shared folder in both directions with one marker, and takes it away', async () => {
    const practice = new Practice();
    const diagnosis = await practice.lookOver(practice.patient('server-a'), practice.patient('server-b'));
    expect(allFindings(diagnosis).filter(({ level }) => level !== 'fine')).toEqual([]);
    const way = wayTo(diagnosis, 'server-b');
    for (const findings of [way?.to, way?.from])
      expect(checked(findings, 'migration.storage')[0]?.title).toMatch(/same folders?: .*\/srv\/shared/);
    expect(practice.asked.every((asked) => asked.startsWith('server-a'))).toBe(true);
    expect(practice.markers.size).toBe(0);
    expect(practice.clock.size).toBe(0);
  });

  it('gives each question its time, and goes on without its answer', async () => {
    const practice = new Practice();
    let abandoned = false;
    const slow = practice.patient('server-b', {
      inspection: {
        offersCpu: (_xml, options) => {
          options?.signal?.addEventListener('abort', () => (abandoned = true));
          return forEver();
        },
      },
    });
    let isThere = false;
    const looked = practice.lookOver(practice.patient('server-a'), slow);
    void looked.then(() => (isThere = true));
    await settled();
    await practice.clock.advance(9_999);
    await settled();
    expect(isThere).toBe(false);
    expect(abandoned).toBe(false);
    await practice.clock.advance(1);
    const way = wayTo(await looked, 'server-b');
    expect(abandoned).toBe(true);
    expect(checked(way?.to, 'migration.cpu')).toMatchObject([
      { level: 'warning', cause: 'There was no answer within 10 s.' },
    ]);
    expect(checked(way?.to, 'migration.port')).toMatchObject([{ level: 'fine' }]);
    expect(checked(way?.from, 'migration.cpu')).toMatchObject([{ level: 'fine' }]);
    expect(practice.clock.size).toBe(0);
  });

  it('asks a host whose link is up and that says nothing just once, and looks at the others', async () => {
    const practice = new Practice();
    const silent = practice.patient('server-b', { telemetry: { host: forEver } });
    const looked = practice.lookOver(practice.patient('server-a'), silent, practice.patient('server-c'));
    await settled();
    await practice.clock.advance(5_000);
    const diagnosis = await looked;
    const way = wayTo(diagnosis, 'server-b');
    for (const findings of [way?.to, way?.from])
      expect(findings).toMatchObject([
        { level: 'warning', check: 'migration.peer', cause: 'There was no answer within 5 s.' },
      ]);
    expect(checked(wayTo(diagnosis, 'server-c')?.from, 'migration.cpu')).toMatchObject([{ level: 'fine' }]);
    expect(practice.asked.some((asked) => asked.startsWith('server-b'))).toBe(false);
  });

  it('tells a peer that is away, and a patient that is', async () => {
    const practice = new Practice();
    const [here, there] = [practice.patient('server-a'), practice.patient('server-b')];
    const error = { code: 'host-unreachable', message: 'away' } as const;
    practice.hosts.host(there.host.address).setLink({ state: 'unreachable', error, retryAt: 0 });
    expect(wayTo(await practice.lookOver(here, there), 'server-b')?.to).toMatchObject([
      { level: 'warning', title: 'server-b does not answer, so nothing could be asked.' },
    ]);
    const { findings, peers } = await practice.lookOver(there, here);
    expect(findings).toMatchObject([{ level: 'blocking', check: 'connection' }]);
    expect(peers[0]?.from).toMatchObject([
      { check: 'migration.peer', title: expect.stringMatching(/^server-b/) },
    ]);
  });

  it('tells a question that fails, which stops no other', async () => {
    const practice = new Practice();
    const failing = practice.patient('server-b', {
      inspection: { resolves: refused },
      migration: {
        canReach: () => {
          throw new Error('at once');
        },
      },
    });
    const way = wayTo(await practice.lookOver(practice.patient('server-a'), failing), 'server-b');
    expect(checked(way?.from, 'migration.port')).toMatchObject([{ level: 'warning' }]);
    expect(checked(way?.from, 'migration.name')).toMatchObject([
      { cause: expect.stringMatching(/no such thing/) },
    ]);
    expect(checked(way?.from, 'migration.cpu')).toMatchObject([{ level: 'fine' }]);
    expect(checked(way?.to, 'migration.port')).toMatchObject([{ level: 'fine' }]);
    const blind = practice.patient('server-b', { inspection: { inspect: refused } });
    expect(wayTo(await practice.lookOver(practice.patient('server-a'), blind), 'server-b')?.to).toMatchObject(
      [{ level: 'warning', check: 'migration.peer', cause: expect.stringMatching(/no such thing/) }],
    );
  });
});

describe('markers of the doctor', () => {
  it('are written by the other host where the one may not write', async () => {
    const practice = new Practice();
    const reading = practice.patient('server-a', { storage: { writeMarker: refused } });
    const way = wayTo(await practice.lookOver(reading, practice.patient('server-b')), 'server-b');
    expect(checked(way?.to, 'migration.storage')[0]?.title).toMatch(/same folder/);
    expect(practice.asked).toContain('server-b write');
    expect(practice.markers.size).toBe(0);
  });

  it('are taken away where nobody could look for them', async () => {
    const practice = new Practice();
    const blind = practice.patient('server-b', { storage: { hasMarker: refused, writeMarker: refused } });
    const way = wayTo(await practice.lookOver(practice.patient('server-a'), blind), 'server-b');
    expect(checked(way?.to, 'migration.storage')[0]).toMatchObject({ level: 'warning' });
    expect(practice.markers.size).toBe(0);
  });

  it('are told of where they could not be taken away', async () => {
    const practice = new Practice();
    const stuck = practice.patient('server-a', { storage: { removeMarker: refused } });
    const way = wayTo(await practice.lookOver(stuck, practice.patient('server-b')), 'server-b');
    expect(checked(way?.to, 'migration.storage.marker')[0]).toMatchObject({
      title: 'A marker may have been left on server-a.',
      cause: expect.stringMatching(/could not be removed again/),
      fix: { on: 'server-a', command: expect.stringMatching(/^rm -f \/.*\/\.drover-doctor-1-0-\d+$/) },
    });
  });

  /** A host whose write is done only when the test says so. */
  function late(practice: Practice) {
    const writes: (() => void)[] = [];
    const patient = practice.patient('server-a', {
      storage: {
        writeMarker: (_path, token) =>
          new Promise<void>((resolve) => {
            writes.push(() => {
              practice.markers.add(token);
              resolve();
            });
          }),
      },
    });
    return { patient, finish: () => writes.forEach((write) => write()) };
  }

  it('that are written late are told of, and taken away when the write has come to its end', async () => {
    const practice = new Practice();
    const { patient, finish } = late(practice);
    const looked = practice.lookOver(patient, practice.patient('server-b'));
    await settled();
    await practice.clock.advance(8_000);
    const way = wayTo(await looked, 'server-b');
    expect(checked(way?.to, 'migration.storage')[0]?.cause).toMatch(/no answer within 8 s/);
    expect(checked(way?.to, 'migration.storage.marker')[0]).toMatchObject({
      level: 'warning',
      cause: expect.stringMatching(/removes it as soon as it is/),
    });
    expect(practice.asked).toEqual([]);
    finish();
    expect(practice.markers.size).toBeGreaterThan(0);
    await settled();
    expect(practice.markers.size).toBe(0);
    expect(practice.clock.size).toBe(0);
  });

  it('are waited for where Drover is stopping, and nothing else is', async () => {
    const practice = new Practice();
    const { patient, finish } = late(practice);
    const slow = practice.patient('server-b', { inspection: { offersCpu: forEver } });
    const looked = practice.lookOver(patient, slow);
    await settled();
    let isOver = false;
    const over = practice.unfinished.end(practice.clock, 5_000).then(() => (isOver = true));
    const way = wayTo(await looked, 'server-b');
    expect(checked(way?.to, 'migration.cpu')[0]).toMatchObject({ cause: 'Drover is being stopped.' });
    expect(isOver).toBe(false);
    finish();
    await over;
    expect(practice.markers.size).toBe(0);
    expect(practice.clock.size).toBe(0);
  });

  it('do not keep Drover from stopping for ever', async () => {
    const practice = new Practice();
    void practice.lookOver(late(practice).patient, practice.patient('server-b'));
    await settled();
    const over = practice.unfinished.end(practice.clock, 5_000);
    await settled();
    await practice.clock.advance(5_000);
    await over;
  });
});
