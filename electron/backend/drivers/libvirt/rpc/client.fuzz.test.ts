import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settled } from '../../../clock/testing/manualClock.ts';
import { closedHere } from './failures.ts';
import { encodeRawMessage, programs } from './messages.ts';
import { connectGetAllDomainStats } from './procedures/connection.ts';
import { storageVolDownload } from './procedures/storage.ts';
import { startClient } from './testing/startClient.ts';

const small = fc.integer({ min: 0, max: 8 });
const word = fc.oneof(small, fc.nat({ max: 0xffff_ffff }));

/** Frames of a right length whose every word may be wrong, mostly near to what is right. */
const frame = fc
  .record({
    program: fc.oneof(fc.constantFrom(...Object.values(programs)), word),
    version: fc.oneof(fc.constant(1), word),
    procedure: fc.oneof(fc.constantFrom(344, 209, 318, 1, 2), small),
    type: fc.oneof(small, word),
    serial: fc.oneof(fc.constantFrom(1, 2), word),
    status: fc.oneof(small, word),
    payload: fc.array(word, { maxLength: 24 }),
  })
  .map(({ payload, ...header }) => {
    const bytes = Buffer.alloc(payload.length * 4);
    payload.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
    return encodeRawMessage(header, bytes);
  });

const input = fc.array(fc.oneof(frame, fc.uint8Array({ maxLength: 64 })), { maxLength: 6 });

it('whatever a host sends, every call ends with an answer or a plain error, and nothing is left over', async () => {
  await fc.assert(
    fc.asyncProperty(input, async (chunks) => {
      const { host, clock, client } = startClient({ deadlineMs: 1000 });
      const outcomes = Promise.allSettled([
        client.call(connectGetAllDomainStats, { doms: [], stats: 0 }),
        client.openStream(storageVolDownload, {
          vol: { pool: 'p', name: 'v', key: 'k' },
          offset: 0n,
          length: 0n,
        }),
      ]);
      await settled();
      for (const chunk of chunks) host.send(chunk);
      await settled();
      if (client.closeReason !== undefined)
        expect(['protocol-broken', 'connection-lost']).toContain(client.closeReason.code);
      client.fail(closedHere('alpha'));
      for (const outcome of await outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toHaveProperty('code');
      }
      expect(clock.size).toBe(0);
    }),
    { numRuns: 400 },
  );
});
