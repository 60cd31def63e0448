import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compared, validationDocument } from './document.ts';
import { published } from './published.ts';
import { off, score } from './score.ts';

describe('what docs/validation.md says', () => {
  it('is what the model says now ("npm run validation" makes it anew)', () => {
    const kept = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'validation.md'), 'utf8');
    expect(kept).toBe(validationDocument());
  });

  it('meets the aims over real runs', () => {
    for (const { what, isMet } of score(compared)) expect([what, isMet]).toEqual([what, true]);
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
