import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { failureOf } from '../../testing/failureOf.ts';
import * as rpc from './rpc.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from './testing/privateLibvirtd.ts';
import { describeWithLibvirtd } from './testing/withLibvirtd.ts';

// Against a real libvirtd, on its test driver (which has hosts, pools and events in memory) and on QEMU's.

const uuid = '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaaaa';
const domainXml = (name: string, id = uuid) =>
  `<domain type='qemu'><name>${name}</name><uuid>${id}</uuid><memory unit='MiB'>32</memory><vcpu>2</vcpu><os><type arch='x86_64'>hvm</type></os></domain>`;

let host: PrivateLibvirtd;

async function open(uri: string, options: Partial<rpc.OpenOptions> = {}): Promise<rpc.LibvirtConnection> {
  return rpc.openConnection(await host.connect(), { host: 'alpha', uri, ...options });
}

describeWithLibvirtd("libvirt's test driver", () => {
  let connection: rpc.LibvirtConnection;
  beforeAll(async () => {
    host = await startPrivateLibvirtd();
    connection = await open('test:///default');
  });
  afterAll(async () => {
    await connection.close();
    await host.stop();
  });

  it('describes itself', async () => {
    expect(await connection.call(rpc.connectGetType)).toEqual({ type: 'TEST' });
    expect(await connection.call(rpc.connectGetUri)).toEqual({ uri: 'test:///default' });
    expect((await connection.call(rpc.connectGetLibVersion)).libVer).toBeGreaterThan(1_000_000n);
    expect((await connection.call(rpc.connectGetCapabilities)).capabilities).toContain('<capabilities>');
    expect(await connection.call(rpc.nodeGetInfo)).toMatchObject({ model: 'i686', cpus: 16, nodes: 2 });
    expect(await connection.supports(rpc.features.programKeepalive)).toBe(true);
    expect(await connection.supports(9999)).toBe(false);
  });

  it('lists what it has', async () => {
    const { domains, ret } = await connection.call(rpc.connectListAllDomains, { needResults: 1 });
    expect(domains.map(({ name }) => name)).toEqual(['test']);
    expect(ret).toBe(1);
    const { nets } = await connection.call(rpc.connectListAllNetworks, { needResults: 1 });
    expect(nets.map(({ name }) => name)).toEqual(['default']);
    const { pools } = await connection.call(rpc.connectListAllStoragePools, { needResults: 1 });
    const [pool] = pools;
    expect(pool?.name).toBe('default-pool');
    if (pool) expect((await connection.call(rpc.storagePoolGetInfo, { pool })).state).toBe(2);
  });

  it('runs a life and tells of it', async () => {
    const seen: number[] = [];
    const end = await connection.subscribe(rpc.domainEvents.lifecycle, ({ event, dom }) => {
      if (dom.name === 'web') seen.push(event);
    });
    const { dom } = await connection.call(rpc.domainDefineXmlFlags, {
      xml: domainXml('web').replace("type='qemu'", "type='test'").replace(" arch='x86_64'", ''),
    });
    expect(dom).toEqual({ name: 'web', uuid, id: -1 });
    await connection.call(rpc.domainCreateWithFlags, { dom });
    await connection.call(rpc.domainSuspend, { dom });
    expect(await connection.call(rpc.domainGetState, { dom })).toEqual({
      state: rpc.domainStates.paused,
      reason: rpc.pausedReasons.user,
    });
    await connection.call(rpc.domainResume, { dom });
    const info = await connection.call(rpc.domainGetInfo, { dom });
    expect(info).toMatchObject({ state: rpc.domainStates.running, maxMem: 32_768n, nrVirtCpu: 2 });
    await connection.call(rpc.domainDestroyFlags, { dom });
    await connection.call(rpc.domainUndefineFlags, { dom });
    const { defined, started, suspended, resumed, stopped } = rpc.lifecycleEvents;
    await expect
      .poll(() => seen)
      .toEqual([defined, started, suspended, resumed, stopped, rpc.lifecycleEvents.undefined]);
    await end();
  });

  it('answers with typed parameters and statistics', async () => {
    const { dom } = await connection.call(rpc.domainLookupByName, { name: 'test' });
    const { retStats } = await connection.call(rpc.connectGetAllDomainStats, {
      doms: [],
      stats: rpc.domainStatsGroups.state,
    });
    const [record] = retStats;
    expect(record?.dom).toEqual(dom);
    expect(rpc.readParameters(record?.params ?? []).number('state.state')).toBe(rpc.domainStates.running);
  });

  it('sends a screenshot as a stream', async () => {
    const { dom } = await connection.call(rpc.domainLookupByName, { name: 'test' });
    const { reply, stream } = await connection.openStream(rpc.domainScreenshot, { dom, screen: 0 });
    expect(reply.mime).toBe('image/png');
    const image = Buffer.concat(await stream.toArray());
    expect(image.subarray(1, 4).toString()).toBe('PNG');
  });

  it('refuses in its own words, and the connection goes on', async () => {
    const error = await failureOf(connection.call(rpc.domainLookupByName, { name: 'nowhere' }));
    expect(error).toBeInstanceOf(rpc.LibvirtError);
    expect(error).toMatchObject({
      code: 'not-found',
      libvirt: { code: rpc.libvirtErrorCodes.noDomain, level: 2 },
    });
    const { dom } = await connection.call(rpc.domainLookupByName, { name: 'test' });
    const malformed = await failureOf(connection.call(rpc.domainDefineXmlFlags, { xml: '<domain>' }));
    expect(malformed).toMatchObject({
      code: 'libvirt-refused',
      libvirt: { code: rpc.libvirtErrorCodes.xmlDetail },
    });
    const unsupported = await failureOf(connection.call(rpc.domainStartDirtyRateCalc, { dom, seconds: 1 }));
    expect(unsupported).toMatchObject({ libvirt: { code: rpc.libvirtErrorCodes.noSupport } });
  });

  it('answers hundreds of calls made at once', async () => {
    const { dom } = await connection.call(rpc.domainLookupByName, { name: 'test' });
    const states = await Promise.all(
      Array.from({ length: 300 }, () => connection.call(rpc.domainGetState, { dom })),
    );
    expect(states.every(({ state }) => state === rpc.domainStates.running)).toBe(true);
  });

  it('may be opened for reading only', async () => {
    const reading = await open('test:///default', { readOnly: true });
    const { dom } = await reading.call(rpc.domainLookupByName, { name: 'test' });
    expect(await failureOf(reading.call(rpc.domainSuspend, { dom }))).toMatchObject({
      code: 'libvirt-no-rights',
    });
    await reading.close();
  });

  it('says no to a driver that it does not have', async () => {
    const error = await failureOf(open('nonsense:///system'));
    expect(error).toBeInstanceOf(rpc.LibvirtError);
    expect(error.message).toContain('nonsense');
  });
});

describeWithLibvirtd("libvirt's QEMU driver", () => {
  let connection: rpc.LibvirtConnection;
  let pool: rpc.StoragePoolRef;
  beforeAll(async () => {
    host = await startPrivateLibvirtd();
    connection = await open('qemu:///system');
    const xml =
      "<pool type='dir'><name>images</name><target><path>/var/lib/libvirt/images</path></target></pool>";
    pool = (await connection.call(rpc.storagePoolDefineXml, { xml })).pool;
    await connection.call(rpc.storagePoolBuild, { pool });
    await connection.call(rpc.storagePoolCreate, { pool });
  });
  afterAll(async () => {
    await connection.close();
    await host.stop();
  });

  async function volume(name: string, capacityBytes: number): Promise<rpc.StorageVolRef> {
    const xml = `<volume><name>${name}</name><capacity>${capacityBytes}</capacity><allocation>0</allocation></volume>`;
    return (await connection.call(rpc.storageVolCreateXml, { pool, xml })).vol;
  }

  it('counts CPUs and memory', async () => {
    const { nparams } = await connection.call(rpc.nodeGetCpuStats, { cpuNum: -1, nparams: 0 });
    const { params } = await connection.call(rpc.nodeGetCpuStats, { cpuNum: -1, nparams });
    expect(params.map(({ field }) => field)).toContain('idle');
    const memory = await connection.call(rpc.nodeGetMemoryStats, { cellNum: -1, nparams: 0 });
    const { params: sizes } = await connection.call(rpc.nodeGetMemoryStats, {
      cellNum: -1,
      nparams: memory.nparams,
    });
    expect(sizes.find(({ field }) => field === 'total')?.value).toBeGreaterThan(0n);
    expect((await connection.call(rpc.nodeGetFreeMemory)).freeMem).toBeGreaterThan(0n);
  });

  it('keeps definitions and metadata', async () => {
    const { dom } = await connection.call(rpc.domainDefineXmlFlags, { xml: domainXml('naïve-名') });
    expect(await connection.call(rpc.domainLookupByName, { name: 'naïve-名' })).toEqual({ dom });
    const metadata = "<vm owner='cluster-a'/>";
    const address = { dom, type: 2, uri: 'urn:drover:test' };
    await connection.call(rpc.domainSetMetadata, { ...address, metadata, key: 'drover', flags: 2 });
    expect((await connection.call(rpc.domainGetMetadata, { ...address, flags: 2 })).metadata).toContain(
      'cluster-a',
    );
    await connection.call(rpc.domainRename, { dom, newName: 'plain' });
    const { xml } = await connection.call(rpc.domainGetXmlDesc, { dom, flags: rpc.xmlFlags.inactive });
    expect(xml).toContain('<name>plain</name>');
    expect(await connection.call(rpc.domainHasManagedSaveImage, { dom })).toEqual({ result: 0 });
    expect(await failureOf(connection.call(rpc.domainGetJobStats, { dom }))).toMatchObject({
      libvirt: { code: rpc.libvirtErrorCodes.operationInvalid },
    });
    await connection.call(rpc.domainUndefineFlags, { dom });
  });

  it('takes and gives back a volume byte for byte', async () => {
    const data = randomBytes(5_000_000);
    const vol = await volume('blob', data.length);
    const up = await connection.openStream(rpc.storageVolUpload, { vol, offset: 0n, length: 0n });
    await pipeline(Readable.from([data.subarray(0, 1_234_567), data.subarray(1_234_567)]), up.stream);
    const down = await connection.openStream(rpc.storageVolDownload, { vol, offset: 0n, length: 0n });
    const back = Buffer.concat(await down.stream.toArray());
    expect(back.equals(data)).toBe(true);
    const part = await connection.openStream(rpc.storageVolDownload, { vol, offset: 1000n, length: 2000n });
    expect(Buffer.concat(await part.stream.toArray()).equals(data.subarray(1000, 3000))).toBe(true);
  });

  it('sends holes as holes', async () => {
    const vol = await volume('sparse', 64 * 1024 * 1024);
    const piece = randomBytes(65_536);
    const up = await connection.openStream(
      rpc.storageVolUpload,
      { vol, offset: 0n, length: 0n, flags: 1 },
      { sparse: true },
    );
    const chunks: rpc.StreamChunk[] = [piece, { holeBytes: 32n * 1024n * 1024n }, piece];
    await pipeline(Readable.from(chunks), up.stream);
    const down = await connection.openStream(
      rpc.storageVolDownload,
      { vol, offset: 0n, length: 0n, flags: 1 },
      { sparse: true },
    );
    const got: rpc.StreamChunk[] = await down.stream.toArray();
    const data = Buffer.concat(got.flatMap((chunk) => (Buffer.isBuffer(chunk) ? [chunk] : [])));
    expect(data.equals(Buffer.concat([piece, piece]))).toBe(true);
    const holes = got.flatMap((chunk) => (Buffer.isBuffer(chunk) ? [] : [chunk.holeBytes]));
    expect(holes[0]).toBe(32n * 1024n * 1024n);
  });

  it('lets a stream be given up half-way, and the connection goes on', async () => {
    const vol = await volume('big', 64 * 1024 * 1024);
    for (let time = 0; time < 3; time++) {
      const { stream } = await connection.openStream(rpc.storageVolDownload, { vol, offset: 0n, length: 0n });
      for await (const _chunk of stream) break;
      expect((await connection.call(rpc.connectGetType)).type).toBe('QEMU');
    }
    const { stream } = await connection.openStream(rpc.storageVolUpload, { vol, offset: 0n, length: 0n });
    stream.write(Buffer.alloc(1_000_000));
    stream.destroy();
    expect(await connection.call(rpc.storageVolGetInfo, { vol })).toMatchObject({ capacity: 67_108_864n });
    expect(
      await failureOf(
        connection.openStream(rpc.storageVolDownload, {
          vol: { ...vol, name: 'gone', key: '/gone' },
          offset: 0n,
          length: 0n,
        }),
      ),
    ).toMatchObject({ code: 'not-found' });
  });

  it('tells of pools', async () => {
    const seen: number[] = [];
    const end = await connection.subscribe(rpc.storagePoolEvents.refresh, () => seen.push(1));
    await connection.call(rpc.storagePoolRefresh, { pool });
    await expect.poll(() => seen).toEqual([1]);
    await end();
  });

  it('runs a guest: console, counters, disk, limits of migration', async () => {
    const vol = await volume('disk', 1024 * 1024);
    const { name: path } = await connection.call(rpc.storageVolGetPath, { vol });
    const xml = domainXml('guest').replace(
      '</os>',
      `</os><devices><disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk><serial type='pty'/><console type='pty'/></devices>`,
    );
    const { dom: defined } = await connection.call(rpc.domainDefineXmlFlags, { xml });
    const seen: number[] = [];
    const end = await connection.subscribe(rpc.domainEvents.lifecycle, ({ event }) => seen.push(event), {
      about: defined,
    });
    const { dom } = await connection.call(rpc.domainCreateWithFlags, { dom: defined });
    expect(dom.id).toBeGreaterThan(0);

    const terminal = await connection.openStream(rpc.domainOpenConsole, { dom });
    terminal.stream.write('\r');
    const { block, cpuTotal, state, vcpu } = rpc.domainStatsGroups;
    const { retStats } = await connection.call(rpc.connectGetAllDomainStats, {
      doms: [dom],
      stats: state | cpuTotal | vcpu | block,
      flags: rpc.domainStatsFlags.noWait,
    });
    const stats = rpc.readParameters(retStats[0]?.params ?? []);
    expect(stats.bigint('cpu.time')).toBeGreaterThan(0n);
    expect(stats.number('vcpu.current')).toBe(2);
    expect(stats.string('block.0.name')).toBe('vda');
    expect(await connection.call(rpc.domainGetBlockInfo, { dom, path: 'vda' })).toMatchObject({
      capacity: 1_048_576n,
    });
    expect((await connection.call(rpc.domainBlockStats, { dom, path: 'vda' })).errs).toBe(-1n);
    expect(await connection.call(rpc.domainGetControlInfo, { dom })).toMatchObject({ state: 0 });
    expect(await connection.call(rpc.domainGetJobStats, { dom })).toMatchObject({ type: rpc.jobTypes.none });
    expect(await connection.call(rpc.domainGetJobInfo, { dom })).toMatchObject({ type: rpc.jobTypes.none });

    await connection.call(rpc.domainMigrateSetMaxDowntime, { dom, downtime: 123n });
    expect(await connection.call(rpc.domainMigrateGetMaxDowntime, { dom })).toEqual({ downtime: 123n });
    await connection.call(rpc.domainMigrateSetMaxSpeed, { dom, bandwidth: 50n });
    expect(await connection.call(rpc.domainMigrateGetMaxSpeed, { dom })).toEqual({ bandwidth: 50n });
    for (const call of [rpc.domainAbortJobFlags, rpc.domainMigrateStartPostCopy]) {
      expect(await failureOf(connection.call(call, { dom }))).toMatchObject({
        libvirt: { code: rpc.libvirtErrorCodes.operationInvalid },
      });
    }
    const begun = await connection.call(rpc.domainMigrateBegin3Params, {
      dom,
      params: [rpc.parameter.ullong('bandwidth', 10n)],
      flags: rpc.migrateFlags.live | rpc.migrateFlags.unsafe,
    });
    expect(begun.xml).toContain(uuid);
    expect(begun.cookieOut.length).toBeGreaterThan(0);

    const reading = terminal.stream.toArray().catch(() => []);
    await connection.call(rpc.domainDestroyFlags, { dom });
    await reading;
    await connection.call(rpc.domainUndefineFlags, { dom });
    const { resumed, shutdown, started, stopped } = rpc.lifecycleEvents;
    // QEMU may or may not find the time to say that it shuts down.
    const told = () => seen.filter((event) => event !== shutdown);
    await expect.poll(told).toEqual([resumed, started, stopped, rpc.lifecycleEvents.undefined]);
    await end();
  });

  it('gives statistics of hundreds of domains in one call', async () => {
    const ids = Array.from(
      { length: 200 },
      (_, at) => `5f3c2a10-9d1e-4b8a-8c6f-${at.toString(16).padStart(12, '0')}`,
    );
    await Promise.all(
      ids.map((id, at) => connection.call(rpc.domainDefineXmlFlags, { xml: domainXml(`vm-${at}`, id) })),
    );
    const { retStats } = await connection.call(rpc.connectGetAllDomainStats, {
      doms: [],
      stats: 0,
      flags: rpc.domainStatsFlags.noWait,
    });
    expect(retStats.map(({ dom }) => dom.uuid).toSorted()).toEqual(ids);
    const { domains } = await connection.call(rpc.connectListAllDomains, { needResults: 1 });
    expect(domains).toHaveLength(200);
  });
});
