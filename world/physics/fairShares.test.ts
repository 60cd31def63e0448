import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Flow, fairShares } from './fairShares.ts';

const names = ['a/up', 'a/down', 'b/up', 'b/down', 'core'];
const networks = fc.record({
  links: fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 0, max: 1000 }), { minKeys: 5 }),
  flows: fc.array(
    fc.record({
      links: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
      capBytesPerSecond: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
    }),
    { maxLength: 12 },
  ),
});

function flowsOf(flows: readonly { links: string[]; capBytesPerSecond: number | undefined }[]): Flow[] {
  return flows.map(({ links, capBytesPerSecond: cap }) => ({
    links,
    ...(cap === undefined ? {} : { capBytesPerSecond: cap }),
  }));
}

it('fills no link above its rate, and gives each flow its cap or all that a full link leaves it', () => {
  fc.assert(
    fc.property(networks, ({ links, flows: drawn }) => {
      const flows = flowsOf(drawn);
      const shares = fairShares(links, flows);
      const used = new Map<string, number>();
      for (const [index, flow] of flows.entries()) {
        for (const link of flow.links) {
          used.set(link, (used.get(link) ?? 0) + (shares[index]?.bytesPerSecond ?? 0));
        }
      }
      for (const [link, bytes] of used)
        expect(bytes).toBeLessThanOrEqual((links[link] ?? 0) * (1 + 1e-9) + 1e-6);
      for (const [index, flow] of flows.entries()) {
        const own = shares[index]?.bytesPerSecond ?? 0;
        const capped = own >= (flow.capBytesPerSecond ?? Number.POSITIVE_INFINITY) - 1e-6;
        // Max-min: on some full link of its own nobody has more.
        const bottleneck = flow.links.some((link) => {
          const full = (used.get(link) ?? 0) >= (links[link] ?? 0) - 1e-6;
          const most = Math.max(
            ...flows.map((other, at) => (other.links.includes(link) ? (shares[at]?.bytesPerSecond ?? 0) : 0)),
          );
          return full && own >= most - 1e-6;
        });
        expect(capped || bottleneck).toBe(true);
        expect(own).toBeLessThanOrEqual((flow.capBytesPerSecond ?? Number.POSITIVE_INFINITY) + 1e-9);
        expect(shares[index]?.burstBytesPerSecond ?? 0).toBeGreaterThanOrEqual(own);
      }
    }),
  );
});

it('hangs not on the order of the flows', () => {
  fc.assert(
    fc.property(networks, ({ links, flows: drawn }) => {
      const flows = flowsOf(drawn);
      const there = fairShares(links, flows);
      const back = [...fairShares(links, [...flows].reverse())].reverse();
      for (const [index, share] of there.entries()) {
        expect(back[index]?.bytesPerSecond ?? 0).toBeCloseTo(share.bytesPerSecond, 6);
      }
    }),
  );
});

describe('two servers', () => {
  const links = { 'a/up': 100, 'a/down': 100, 'b/up': 100, 'b/down': 100 };
  const there: Flow = { links: ['a/up', 'b/down'] };
  const back: Flow = { links: ['b/up', 'a/down'] };

  it('carries each way by itself', () => {
    expect(fairShares(links, [there, back]).map(({ bytesPerSecond }) => bytesPerSecond)).toEqual([100, 100]);
  });

  it('halves a link between two, and leaves the rest of a capped one to the other', () => {
    expect(fairShares(links, [there, there]).map(({ bytesPerSecond }) => bytesPerSecond)).toEqual([50, 50]);
    expect(fairShares(links, [{ ...there, capBytesPerSecond: 20 }, there])).toEqual([
      { bytesPerSecond: 20, burstBytesPerSecond: 20 },
      { bytesPerSecond: 80, burstBytesPerSecond: 80 },
    ]);
  });

  it('says how fast a capped flow may go in a burst', () => {
    expect(fairShares(links, [{ ...there, capBytesPerSecond: 20 }])).toEqual([
      { bytesPerSecond: 20, burstBytesPerSecond: 100 },
    ]);
  });

  it('gives nothing over a cut or unknown link, and takes nothing from the others', () => {
    const cut = { ...links, 'b/down': 0 };
    const rates = fairShares(cut, [there, back, { links: ['a/down', 'elsewhere'] }]);
    expect(rates.map(({ bytesPerSecond }) => bytesPerSecond)).toEqual([0, 100, 0]);
  });

  it('refuses a flow that nothing bounds', () => {
    expect(() => fairShares(links, [{ links: [] }])).toThrow(RangeError);
    expect(fairShares(links, [{ links: [], capBytesPerSecond: 7 }])[0]?.bytesPerSecond).toBe(7);
  });
});
