import { describe, expect, it } from 'vitest';
import { fakeHosts, fakePhysicalCluster, fakeVms, serverA } from '../testing/fakeCluster.ts';
import { applyMessage, type LiveModel, nothingKnown } from './liveModel.ts';

const state = { clusters: [fakePhysicalCluster], hosts: fakeHosts(0), vms: fakeVms, tasks: [], events: [] };

function known(model: LiveModel | 'gap'): LiveModel {
  if (model === 'gap') throw new Error('a gap where none was expected');
  return model;
}

describe('applyMessage', () => {
  const first = known(applyMessage(nothingKnown, { kind: 'snapshot', sequence: 4, state }));

  it('takes a snapshot whole', () => {
    expect(first.freshness).toBe('live');
    expect(first.hosts.get(serverA)?.name).toBe('server-a');
    expect(first.vms.size).toBe(fakeVms.length);
  });

  it('applies the next patches and copies only what changed', () => {
    const next = known(
      applyMessage(first, { kind: 'patches', sequence: 5, patches: [{ kind: 'host-gone', id: serverA }] }),
    );
    expect(next.hosts.has(serverA)).toBe(false);
    expect(first.hosts.has(serverA)).toBe(true);
    expect(next.vms).toBe(first.vms);
  });

  it('notices a message that was missed, one that comes twice, and patches before any snapshot', () => {
    expect(applyMessage(first, { kind: 'patches', sequence: 6, patches: [] })).toBe('gap');
    expect(applyMessage(first, { kind: 'patches', sequence: 4, patches: [] })).toBe('gap');
    expect(applyMessage(nothingKnown, { kind: 'patches', sequence: 0, patches: [] })).toBe('gap');
  });

  it('starts again from a later snapshot', () => {
    const again = known(
      applyMessage(
        { ...first, freshness: 'stale' },
        { kind: 'snapshot', sequence: 0, state: { ...state, vms: [] } },
      ),
    );
    expect(again).toMatchObject({ freshness: 'live', sequence: 0 });
    expect(again.vms.size).toBe(0);
  });
});
