import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compared, validationDocument } from './document.ts';
import { published } from './published.ts';
import { isNearDowntime, off, score } from './score.ts';

describe('what docs/validation.md says', () => {
  it('is what the model says now ("npm run validation" makes it anew)', () => {
    const kept = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'validation.md'), 'utf8');
    expect(kept).toBe(validationDocument());
  });

  it('meets the aims over real runs, but for downtimes (docs/validation.md says why)', () => {
    const aims = score(compared);
    expect(aims.filter(({ isMet }) => !isMet).map(({ what }) => what)).toEqual([
      'downtime within a factor of 2 or 30 ms',
    ]);
    const through = compared.filter(({ real }) => real.totalMs !== undefined);
    const near = through.filter(({ real, model }) => isNearDowntime(model.downtimeMs, real.downtimeMs));
    expect(near.length / through.length).toBeGreaterThan(0.75);
  });

  it('has every published run come out in the right place', () => {
    for (const { what, said, replay } of published) {
      const model = replay();
      expect([what, model.completed]).toEqual([what, said.never !== true]);
      if (said.sentMB !== undefined && said.sentMB < 10_000) {
        expect(Math.abs(off(model.sentMB, said.sentMB))).toBeLessThan(0.25);
      }
    }
  });
});
