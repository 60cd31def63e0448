import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dirtyBytesAfter, type MemoryWrites, pageBytes, type WritePattern } from './guestMemory.ts';
import { memoryUsedBytes } from './memoryUsed.ts';
import { noise, streamOf } from './random.ts';

const MiB = 2 ** 20;
const patterns: fc.Arbitrary<WritePattern> = fc.oneof(
  fc.constant({ kind: 'uniform' as const }),
  fc.constant({ kind: 'sequential' as const }),
  fc.record({
    kind: fc.constant('hot-cold' as const),
    hotShare: fc.double({ min: 0, max: 1, noNaN: true }),
    hotWrites: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);
const bytes = fc.double({ min: 0, max: 1e12, noNaN: true });

it('grows with what is written, never beyond that nor beyond the working set', () => {
  fc.assert(
    fc.property(patterns, bytes, bytes, bytes, (pattern, workingSetBytes, written, more) => {
      const writes: MemoryWrites = { workingSetBytes, bytesPerSecond: 1, pattern };
      const dirty = dirtyBytesAfter(writes, written);
      expect(dirty).toBeGreaterThanOrEqual(0);
      expect(dirty).toBeLessThanOrEqual(Math.min(workingSetBytes, written) * (1 + 1e-9));
      expect(dirtyBytesAfter(writes, written + more)).toBeGreaterThanOrEqual(dirty * (1 - 1e-9));
    }),
  );
});

describe('unique dirty pages beside pages counted one by one', () => {
  const pages = 4096;
  const counted = (draw: (write: number) => number, writes: number) => {
    const dirty = new Set<number>();
    for (let write = 0; write < writes; write += 1) dirty.add(draw(write));
    return dirty.size;
  };
  const stream = streamOf(1, 'pages');
  const of = (pattern: WritePattern, writes: number) =>
    dirtyBytesAfter({ workingSetBytes: pages * pageBytes, bytesPerSecond: 0, pattern }, writes * pageBytes) /
    pageBytes;

  for (const writes of [500, 4096, 12_000]) {
    it(`after ${writes} writes on ${pages} pages`, () => {
      const uniform = counted((write) => Math.floor(noise(stream, write) * pages), writes);
      expect(of({ kind: 'uniform' }, writes) / uniform).toBeCloseTo(1, 1);
      expect(of({ kind: 'sequential' }, writes)).toBe(counted((write) => write % pages, writes));
      const mixed = counted((write) => {
        const isHot = noise(~stream, write) < 0.9;
        const at = noise(stream, write);
        return isHot ? Math.floor(at * pages * 0.1) : Math.floor(pages * 0.1 + at * pages * 0.9);
      }, writes);
      expect(of({ kind: 'hot-cold', hotShare: 0.1, hotWrites: 0.9 }, writes) / mixed).toBeCloseTo(1, 1);
    });
  }
});

describe('memory in use', () => {
  const use = { stream: 5, touchedBytes: 512 * MiB, bootedMs: 1000, bootMs: 10_000 };

  it('grows while it boots and then stays near what it touches', () => {
    const at = (ms: number) => memoryUsedBytes({ ...use, phase: 'booting' }, ms) / MiB;
    expect(at(1000)).toBeCloseTo(76.8, 6);
    expect(at(6000)).toBeGreaterThan(at(3000));
    expect(at(60_000)).toBe(512);
    for (let ms = 0; ms < 1e6; ms += 5000) {
      const running = memoryUsedBytes({ ...use, phase: 'running' }, ms) / MiB;
      expect(running).toBeGreaterThan(512 * 0.95);
      expect(running).toBeLessThanOrEqual(512);
    }
    expect(memoryUsedBytes({ ...use, phase: 'off' }, 0)).toBe(0);
  });
});
