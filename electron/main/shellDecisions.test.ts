import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchOptions } from './launchOptions.ts';
import { quitQuestion } from './quitQuestion.ts';
import { restartDelay } from './restartDelay.ts';

describe('launchOptions', () => {
  const folderOf = (...words: string[]) => launchOptions(words, '/home/ada', '/default').dataFolder;

  it('reads --data wherever it stands', () => {
    expect(folderOf('/app', '--data', 'lab', '--disable-gpu')).toBe(resolve('/home/ada/lab'));
    expect(folderOf('--data=/srv/drover')).toBe(resolve('/srv/drover'));
    expect(launchOptions(['--data', '/d'], '/', '/x').desktopFolder).toBe(resolve('/d/desktop'));
  });

  it('takes the default where none is named', () => {
    expect(folderOf()).toBe(resolve('/default'));
    expect(folderOf('--data')).toBe(resolve('/default'));
    expect(folderOf('--data', '--disable-gpu')).toBe(resolve('/default'));
    expect(folderOf('--data=')).toBe(resolve('/default'));
  });
});

describe('quitQuestion', () => {
  it('asks only when something runs, or when that is not known', () => {
    expect(quitQuestion(0)).toBeUndefined();
    expect(quitQuestion(1)?.message).toBe('One task is running.');
    expect(quitQuestion(3)?.message).toBe('3 tasks are running.');
    expect(quitQuestion(undefined)?.detail).toContain('did not answer');
  });
});

describe('restartDelay', () => {
  it('waits longer after each end in a row, up to half a minute', () => {
    const delays: number[] = [];
    let ends = 0;
    for (let turn = 0; turn < 7; turn += 1) {
      const next = restartDelay(ends, 100);
      ends = next.ends;
      delays.push(next.delayMs);
    }
    expect(delays).toEqual([250, 1_000, 3_000, 10_000, 30_000, 30_000, 30_000]);
  });

  it('begins anew after a minute of health', () => {
    expect(restartDelay(5, 60_000)).toEqual({ delayMs: 250, ends: 1 });
  });
});
