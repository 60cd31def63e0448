import { describe, expect, it } from 'vitest';
import { mostHappenings } from '#shared/scenario/checkTimeline.ts';
import { openScenario, tryScenario } from './openScenario.ts';

function written(timeline: readonly unknown[], vms = 3) {
  const text = JSON.stringify({
    drover: 1,
    name: 'groups',
    title: 'Groups',
    hostModels: { server: { cores: 8, memoryGiB: 4096 } },
    hosts: [
      { name: 'node', count: 2, model: 'server' },
      { name: 'spare', model: 'server' },
    ],
    pools: [{ name: 'shared', path: '/srv/shared', shared: true, capacityGiB: 100_000 }],
    workloads: { idle: { cpu: { kind: 'constant', cores: 0.1 } } },
    vms: [
      { name: 'web', count: vms, memoryGiB: 0.125, workload: 'idle', disk: { pool: 'shared', sizeGiB: 1 } },
    ],
    timeline,
  });
  return { name: 'groups.yaml', text, folder: '.' };
}

const timelineOf = (timeline: readonly unknown[]) => openScenario(written(timeline), 1).scenario.timeline;
const problemsOf = (timeline: readonly unknown[], vms?: number) => {
  const tried = tryScenario(written(timeline, vms), 1);
  return 'problems' in tried ? tried.problems.map(({ where, reason }) => `${where}: ${reason}`) : [];
};

describe('a timeline', () => {
  it('happens to each of a group in the same moment, and stands in order of time', () => {
    expect(
      timelineOf([
        { after: '2min', do: 'power-off', host: 'node' },
        { after: '1min', do: 'stop-vm', vm: 'web' },
        { after: '90s', do: 'migrate-vm', vm: 'web-2', to: 'spare' },
      ]).map(({ afterMs, action }) => ({ afterMs, kind: action.kind, ...named(action) })),
    ).toEqual([
      { afterMs: 60_000, kind: 'stop-vm', vm: 'web-1' },
      { afterMs: 60_000, kind: 'stop-vm', vm: 'web-2' },
      { afterMs: 60_000, kind: 'stop-vm', vm: 'web-3' },
      { afterMs: 90_000, kind: 'migrate-vm', vm: 'web-2' },
      { afterMs: 120_000, kind: 'power-off', host: 'node-1' },
      { afterMs: 120_000, kind: 'power-off', host: 'node-2' },
    ]);
  });

  it('loads each VM once, though it and its group are named', () => {
    const [surge] = timelineOf([
      { after: '1s', do: 'surge', vms: ['web-2', 'web'], times: 2, lasts: '1min' },
    ]);
    expect(surge?.action).toMatchObject({ vms: ['web-2', 'web-1', 'web-3'] });
  });

  it('is refused where a name leads nowhere, or a group is no place to move to', () => {
    expect(
      problemsOf([
        { after: '1s', do: 'power-off', host: 'rack' },
        { after: '1s', do: 'migrate-vm', vm: 'web', to: 'node' },
        { after: '1s', do: 'surge', vms: ['web', 'mail'], times: 2, lasts: '1min' },
      ]),
    ).toEqual([
      'timeline[0].host: there is no host rack, nor a group of that name; there are node, node-1, node-2, spare',
      'timeline[1].to: there is no host node; there are node-1, node-2, spare',
      'timeline[2].vms[1]: there is no VM mail, nor a group of that name; there are web, web-1, web-2, web-3',
    ]);
  });

  it('is bounded by what comes of it, however short it is written', () => {
    const vms = 10_000;
    const entries = Array.from({ length: 10_000 }, () => ({ after: '1s', do: 'stop-vm', vm: 'web' }));
    expect(problemsOf(entries, vms)).toEqual([
      `timeline[${mostHappenings / vms}]: with it more than ${mostHappenings} things happen, counted for each host and VM`,
    ]);
  });
});

function named(action: object): { readonly vm?: unknown; readonly host?: unknown } {
  return {
    ...('vm' in action ? { vm: action.vm } : {}),
    ...('host' in action ? { host: action.host } : {}),
  };
}
