import { ManualClock } from '../../../../clock/testing/manualClock.ts';
import { type ClientOptions, RpcClient } from '../client.ts';
import { FakeLibvirtd } from './fakeLibvirtd.ts';

/** A client of a host that a test plays, on time that the test moves. */
export function startClient(change: Partial<ClientOptions> = {}) {
  const host = new FakeLibvirtd();
  const clock = new ManualClock();
  const client = new RpcClient(host.transport, {
    host: 'alpha',
    clock,
    deadlineMs: 10_000,
    maxConcurrentCalls: 4,
    ...change,
  });
  return { host, clock, client };
}
