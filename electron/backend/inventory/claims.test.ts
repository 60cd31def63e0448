import { describe, expect, it } from 'vitest';
import { clusterId, hostId, taskId } from '#shared/model/ids.ts';
import type { Claim } from '#shared/model/plan.ts';
import { ClaimLedger } from './claims.ts';

const host = hostId('server-b');
const [first, second] = [taskId('t1'), taskId('t2')];
const memory: Claim = { kind: 'host-memory', hostId: host, memoryMiB: 2048 };
const name: Claim = { kind: 'name', clusterId: clusterId('lab'), name: 'incoming copy of web-01' };

describe('the ledger of claims', () => {
  it("tells of memory what was there already when the host's own figure was asked for, and no more", () => {
    const ledger = new ClaimLedger();
    ledger.claim(first, 'Migrate web-01', [memory]);
    ledger.arrived(first, host, 500);
    expect(ledger.all()[0]).not.toHaveProperty('shownMiB');
    const told = ledger.askingWhatIsFree(host);
    // On its way while the host answers: not in its answer.
    ledger.arrived(first, host, 900);
    told();
    expect(ledger.all()[0]).toMatchObject({ shownMiB: 500 });
    ledger.askingWhatIsFree(hostId('server-c'))();
    ledger.askingWhatIsFree(host)();
    expect(ledger.all()[0]).toMatchObject({ shownMiB: 900 });
    ledger.release(first);
    ledger.arrived(first, host, 950);
    expect(ledger.all()).toEqual([]);
  });

  it('lets a task take over what another holds that is about to end, and nobody else', () => {
    const ledger = new ClaimLedger();
    ledger.claim(first, 'Migrate web-01', [name]);
    expect(() => ledger.claim(second, 'Again', [name])).toThrow(expect.objectContaining({ code: 'claimed' }));
    ledger.claim(second, 'End what is left', [name], first);
    ledger.release(first);
    expect(() => ledger.claim(first, 'Again', [name])).toThrow(/"End what is left" is working on it/);
  });
});
