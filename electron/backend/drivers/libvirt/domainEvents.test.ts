import { expect, it } from 'vitest';
import { wallClock } from '../../clock/clock.ts';
import type { DomainEvent, LinkState } from '../drivers.ts';
import { DomainEvents } from './domainEvents.ts';
import type { HostAccess } from './hostLink.ts';
import {
  domainDefineXmlFlags,
  domainUndefineFlags,
  type LibvirtConnection,
  openConnection,
} from './rpc/rpc.ts';
import { startPrivateLibvirtd } from './rpc/testing/privateLibvirtd.ts';
import { describeWithLibvirtd } from './rpc/testing/withLibvirtd.ts';

const patience = { timeout: 15_000, interval: 20 };
const xml = `<domain type='qemu'><name>told</name><memory unit='MiB'>32</memory>
  <os><type arch='x86_64'>hvm</type></os></domain>`;

describeWithLibvirtd('what a real libvirtd tells of its domains', () => {
  it('reaches every listener, also one that comes later or after all have gone', async () => {
    const host = await startPrivateLibvirtd();
    const connection: LibvirtConnection = await openConnection(await host.connect(), {
      host: 'alpha',
      uri: 'qemu:///system',
    });
    try {
      const state: LinkState = { state: 'connected' };
      const link: HostAccess = {
        name: 'alpha',
        clock: wallClock,
        state: () => state,
        subscribe: () => () => undefined,
        channels: () => ({ inventory: connection, statistics: connection, control: connection }),
        login: () => {
          throw new Error('there is no login here');
        },
        open: async () => connection,
      };
      const events = new DomainEvents(link);
      const heard: Record<'first' | 'second' | 'third', DomainEvent[]> = { first: [], second: [], third: [] };
      const endFirst = events.subscribe((event) => heard.first.push(event));
      await events.registered(connection);
      const endSecond = events.subscribe((event) => heard.second.push(event));
      const change = async () => {
        const { dom } = await connection.call(domainDefineXmlFlags, { xml, flags: 0 });
        await connection.call(domainUndefineFlags, { dom, flags: 0 });
      };
      await change();
      await expect.poll(() => heard.first.at(-1)?.kind, patience).toBe('gone');
      await expect.poll(() => heard.second, patience).toEqual(heard.first);
      endFirst();
      endSecond();
      const before = heard.first.length;
      const endThird = events.subscribe((event) => heard.third.push(event));
      await events.registered(connection);
      await change();
      await expect.poll(() => heard.third.at(-1)?.kind, patience).toBe('gone');
      expect(heard.first).toHaveLength(before);
      endThird();
    } finally {
      await connection.close();
      await host.stop();
    }
  });
});
