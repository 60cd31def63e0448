import { describe, expect, it } from 'vitest';
import { domainCounters } from '../domains/describe.ts';
import { destroyDomain } from '../domains/power.ts';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { type GuestColumn, guestColumn, type HostColumn, hostColumn } from './columns.ts';
import { hostCountersOf } from './telling.ts';
import { worldReader } from './worldReading.ts';

/** What the columns say, host by host, in the words of a console. */
function inWords(test: TestWorld, read: ReturnType<typeof worldReader>) {
  const { hosts, hostValues, rowsOf, firstOf, guestValues } = read();
  const ofHost = (name: HostColumn, index: number) => hostColumn(hostValues, name)[index] ?? Number.NaN;
  const ofGuest = (name: GuestColumn, row: number) =>
    Math.round(guestColumn(guestValues, name)[row] ?? Number.NaN);
  return hosts.map((_, index) => ({
    busy: Math.round(ofHost('cpuBusyNs', index)),
    joules: ofHost('energyJoules', index),
    sent: Math.round(ofHost('networkSendBytes', index)),
    guests: (rowsOf[index] ?? []).map(({ domain }, number) => {
      const row = (firstOf[index] ?? 0) + number;
      return {
        uuid: domain.uuid,
        cpu: ofGuest('cpuNs', row),
        ready: ofGuest('readyNs', row),
        written: ofGuest('diskWriteBytes', row),
        used: ofGuest('memoryUsedMiB', row),
      };
    }),
    asTold: test.world.now,
  }));
}

function asTold(test: TestWorld) {
  return test.world.hosts().map((host) => {
    const counters = hostCountersOf(test.world, host, 'full');
    return {
      busy: counters.cpuBusyNs,
      joules: counters.energyJoules,
      sent: counters.networkSendBytes,
      guests: domainCounters(test.world, host, 'full').map((guest) => ({
        uuid: guest.uuid,
        cpu: guest.cpuTimeNs,
        ready: guest.cpuReadyNs,
        written: guest.diskWriteBytes,
        used: guest.memoryUsedMiB,
      })),
      asTold: test.world.now,
    };
  });
}

describe('a reading of a whole world', () => {
  it('says what each host would say, whoever comes, goes or moves', async () => {
    const test = new TestWorld();
    const read = worldReader(test.world);
    const same = () => expect(inWords(test, read)).toEqual(asTold(test));
    same();
    await test.pass(12_345);
    same();
    await new TestMigration(test, 'web-01', 'server-b').run();
    same();
    destroyDomain(test.world, test.host('server-a'), test.uuid('cache-01'));
    await test.pass(20_000);
    same();
    test.strike({ kind: 'power-off', host: 'server-b' });
    same();
    test.strike({ kind: 'power-on', host: 'server-b' });
    await test.pass(33_333);
    same();
    expect(read().rowsOf.flat()).not.toEqual([]);
  });
});
