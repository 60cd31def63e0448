import { describe, expect, it } from 'vitest';
import { activityView, dayName, dayStart, filterOf } from './activityView.ts';

const noon = new Date(2026, 10, 25, 12).getTime();
const nothing = {
  view: 'all',
  kind: '',
  who: '',
  time: '',
  object: '',
  text: '',
  cluster: undefined,
} as const;

describe('what of the activity is looked at', () => {
  it('is everything unless something is asked for', () => {
    expect(filterOf(nothing, noon)).toEqual({});
    expect(activityView('nonsense')).toBe('all');
  });

  it('takes days as the calendar has them', () => {
    expect(filterOf({ ...nothing, view: 'failed', time: 'yesterday', text: ' port ' }, noon)).toEqual({
      state: 'failed',
      text: 'port',
      from: new Date(2026, 10, 24).getTime(),
      to: new Date(2026, 10, 25).getTime(),
    });
    expect(filterOf({ ...nothing, time: 'week' }, noon)).toEqual({ from: new Date(2026, 10, 19).getTime() });
  });

  it('names the days', () => {
    expect(dayName(dayStart(noon, 0), noon)).toBe('Today, Wednesday 25 November');
    expect(dayName(dayStart(noon, 1), noon)).toBe('Yesterday, Tuesday 24 November');
    expect(dayName(dayStart(noon, 2), noon)).toBe('Monday 23 November');
    expect(dayName(new Date(2025, 11, 31).getTime(), noon)).toBe('Wednesday 31 December 2025');
  });
});
