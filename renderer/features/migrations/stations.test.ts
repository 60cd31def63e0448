import { describe, expect, it } from 'vitest';
import { taskId } from '#shared/model/ids.ts';
import type { Task } from '#shared/model/task.ts';
import { fakeHosts, fakeVms, vmNamed } from '../../testing/fakeCluster.ts';
import { fakeCourse } from '../../testing/fakeMigration.ts';
import { failedTask, fakePlan, fakeTask, taskAt } from '../../testing/fakeTasks.ts';
import { axisEndMs, barsOf, guestLane, stationsOf } from './stations.ts';

const [from, to] = fakeHosts(0);
if (from === undefined || to === undefined) throw new Error('two hosts are needed');
const plan = fakePlan(
  vmNamed(fakeVms, 'web-03'),
  from,
  to,
  { copyStorage: false, autoConverge: false, postCopy: false },
  [],
);
const course = fakeCourse(2048, 118, 38);
const begun = fakeTask(taskId('task-1'), plan, 1000);
const at = (elapsedMs: number): Task => taskAt(begun, course, elapsedMs);
const states = (task: Task): readonly string[] => stationsOf(task).map((station) => station.state);

describe('the six stations', () => {
  it('follow the task', () => {
    expect(states(at(0))).toEqual(['now', 'ahead', 'ahead', 'ahead', 'ahead', 'ahead']);
    expect(states(at(3000))).toEqual(['done', 'done', 'now', 'ahead', 'ahead', 'ahead']);
    expect(states(at(1e9))).toEqual(Array.from({ length: 6 }, () => 'done'));
    expect(states(failedTask(1e9, plan))).toEqual(['undone', 'failed', 'ahead', 'ahead', 'ahead', 'ahead']);
  });

  it('know their time once they are over', () => {
    expect(stationsOf(at(3000)).map((station) => station.durationMs)).toEqual([
      7,
      430,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(stationsOf(at(1e9))[3]?.durationMs).toBeCloseTo(course.downtimeMs, 6);
  });
});

describe('the bars of the rounds', () => {
  const area = { from: 100, to: 400, height: 60 };

  it('share one scale from zero, and shrink', () => {
    const { bars, mostSentBytes, mostDirtiedBytes } = barsOf(course.rounds, area);
    expect(mostSentBytes).toBe(course.rounds[0]?.sentBytes);
    expect(mostDirtiedBytes).toBeLessThan(mostSentBytes);
    expect(bars[0]?.sentHeight).toBe(60);
    const heights = bars.map((bar) => bar.sentHeight);
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
    expect(bars.every((bar) => bar.sentHeight >= 1.5)).toBe(true);
  });

  it('stay inside their area however many there are', () => {
    const [round] = course.rounds;
    if (round === undefined) throw new Error('a course has rounds');
    const { bars } = barsOf(
      Array.from({ length: 200 }, (_, index) => ({ ...round, round: index + 1 })),
      area,
    );
    expect(Math.max(...bars.map((bar) => bar.x + bar.width))).toBeLessThanOrEqual(400);
  });

  it('leave out what was not measured', () => {
    const { bars } = barsOf(
      [{ round: 1, startedAtMs: 0, durationMs: 1, sentBytes: 5, remainingBytes: 0 }],
      area,
    );
    expect(bars[0]?.dirtiedHeight).toBeUndefined();
  });
});

describe('the lane of the guest', () => {
  it('has its gap where the guest stopped, as long as it stood still', () => {
    const lane = guestLane(at(1e9), 0);
    expect(lane.after).toEqual({ kind: 'down', downtimeMs: course.downtimeMs, moved: true });
    expect(lane.ranUntilMs).toBeCloseTo(course.endsMs['pre-copy'], 6);
    expect(lane.stepEndsMs).toHaveLength(5);
  });

  it('ends at the destination where nobody measured how long it stood still', () => {
    const { migration, ...recovered } = at(1e9);
    if (migration === undefined) throw new Error('it has ended');
    const { downtimeMs: _none, ...rest } = migration;
    expect(guestLane({ ...recovered, migration: rest }, 0)).toMatchObject({
      ranUntilMs: guestLane(at(1e9), 0).ranUntilMs,
      after: { kind: 'moved' },
    });
    expect(guestLane(recovered, 0).after).toEqual({ kind: 'moved' });
  });

  it('has none while it runs, nor when it never stopped', () => {
    expect(guestLane(at(3000), 4000)).toEqual({
      totalMs: 3000,
      ranUntilMs: 3000,
      after: { kind: 'nothing' },
      stepEndsMs: [],
    });
    expect(guestLane(failedTask(1e9, plan), 1e9)).toMatchObject({
      ranUntilMs: 6000,
      totalMs: 6000,
      after: { kind: 'nothing' },
    });
  });

  it('grows while the guest is stopped, and says nothing of what is not known', () => {
    const stopped = at(course.endsMs['pre-copy'] + 20);
    const { after } = guestLane(stopped, 0);
    expect(after.kind === 'down' && Math.round(after.downtimeMs)).toBe(20);
    expect(guestLane({ ...stopped, state: 'undecided' }, 0).after).toEqual({ kind: 'not-known' });
    expect(states({ ...stopped, state: 'undecided' })[3]).toBe('unknown');
  });

  it('ends its axis at round times', () => {
    expect([1, 1200, 6412, 10_000, 10_001, 73_000].map(axisEndMs)).toEqual([
      1000, 1500, 8000, 10_000, 15_000, 80_000,
    ]);
  });
});
