import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../clock/testing/manualClock.ts';
import type { HostAccess } from './hostLink.ts';
import { inspectNetworks, inspectPools } from './inspectionLists.ts';
import { shellFacts } from './inspectionShell.ts';
import {
  connectListAllNetworks,
  connectListAllStoragePools,
  type LibvirtConnection,
  networkGetBridgeName,
  openConnection,
  storagePoolGetInfo,
  storagePoolGetXmlDesc,
} from './rpc/rpc.ts';
import { FakeLibvirtd } from './rpc/testing/fakeLibvirtd.ts';

const uuid = '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaaaa';

describe('the lists of an inspection', () => {
  let folder: string;
  let control: LibvirtConnection;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drover-pools-'));
    const host = FakeLibvirtd.welcoming();
    const named = (names: readonly string[]) => names.map((name) => ({ name, uuid }));
    host.on(connectListAllStoragePools, ({ flags }) => ({
      pools: named(flags === 0 ? ['shared', 'pool-10', 'local', 'pool-2'] : ['shared', 'local']),
      ret: 0,
    }));
    host.on(storagePoolGetXmlDesc, ({ pool: { name } }) => ({
      xml: `<pool type='dir'><name>${name}</name><target><path>${folder}/${name === 'shared' ? '' : 'gone'}</path></target></pool>`,
    }));
    host.on(storagePoolGetInfo, () => ({ state: 2, capacity: 10n, allocation: 6n, available: 4n }));
    host.on(connectListAllNetworks, ({ flags }) => ({
      nets: named(flags === 0 ? ['ovs', 'default'] : ['default']),
      ret: 0,
    }));
    host.on(networkGetBridgeName, ({ net: { name } }) => ({ name: `bridge-of-${name}` }));
    control = await openConnection(host.transport, {
      host: 'alpha',
      uri: 'test:///default',
      clock: new ManualClock(),
    });
  });
  afterEach(async () => {
    await control.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** This machine's own shell in place of the host's. */
  function access(): HostAccess {
    const unasked = () => {
      throw new Error('not asked for here');
    };
    return {
      name: 'alpha',
      clock: { now: unasked, elapsed: unasked, after: unasked },
      state: unasked,
      subscribe: unasked,
      channels: () => ({ inventory: control, statistics: control, control }),
      login: () => ({
        openUnixSocket: unasked,
        forwardTcp: unasked,
        exec: (command) =>
          new Promise((resolve) => {
            execFile('/bin/sh', ['-c', command], (error, stdout, stderr) => {
              resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
            });
          }),
      }),
      openCommand: unasked,
      open: unasked,
    };
  }

  it('come by name, whatever order libvirt has them in', async () => {
    const pools = await inspectPools(access(), undefined);
    expect(pools.map(({ name, active }) => [name, active])).toEqual([
      ['local', true],
      ['pool-2', false],
      ['pool-10', false],
      ['shared', true],
    ]);
    expect(await inspectNetworks(control, undefined)).toEqual([
      { name: 'default', kind: 'network', active: true, autostart: true, bridge: 'bridge-of-default' },
      { name: 'ovs', kind: 'network', active: false, autostart: false, bridge: 'bridge-of-ovs' },
    ]);
  });

  it('say which file system a folder is in, and what libvirt knows of one that is not there', async () => {
    const [local, , , shared] = await inspectPools(access(), undefined);
    expect(shared).toMatchObject({ writable: true, device: String(statSync(folder).dev) });
    expect(shared?.capacityBytes).toBeGreaterThan(10);
    expect(local).toMatchObject({ capacityBytes: 10, availableBytes: 4 });
    expect(local).not.toHaveProperty('device');
  });
});

it('tells file systems apart by their numbers, not by what they are called', () => {
  const line = (device: number, source: string, path: string) =>
    `df\t${device} ${source} 1000 600 400 60% ${path}`;
  const facts = shellFacts(
    [
      'user\troot',
      line(27, 'tmpfs', '/'),
      line(27, 'tmpfs', '/'),
      line(31, 'tmpfs', '/var/log/libvirt'),
    ].join('\n'),
  );
  expect(facts.fileSystems).toEqual([
    { path: '/', device: '27', capacityBytes: 1_024_000, availableBytes: 409_600 },
    { path: '/var/log/libvirt', device: '31', capacityBytes: 1_024_000, availableBytes: 409_600 },
  ]);
});
