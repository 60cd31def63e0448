import { describe, expect, it } from 'vitest';
import { domainStateOf } from './domainStates.ts';
import { domainStates, pausedReasons, runningReasons, shutoffReasons } from './rpc/rpc.ts';

const { running, blocked, paused, shutdown, shutoff, crashed, pmSuspended } = domainStates;

describe("libvirt's states as the platform's", () => {
  it.each([
    ['running', running, runningReasons.booted, false, 'active', 'booted'],
    ['running after a migration', running, runningReasons.migrated, false, 'active', 'migrated'],
    ['running in post-copy', running, runningReasons.postCopy, false, 'active', 'post-copy'],
    ['waiting for something', blocked, 0, false, 'active', 'unspecified'],
    ['shutting down', shutdown, 1, false, 'active', 'booted'],
    ['paused by a person', paused, pausedReasons.user, false, 'paused', 'user'],
    ['paused by a migration', paused, pausedReasons.migration, false, 'paused', 'migration'],
    ['being saved', paused, pausedReasons.save, true, 'paused', 'saving'],
    ['stopped by an I/O error', paused, pausedReasons.ioError, false, 'paused', 'io-error'],
    ['left by post-copy', paused, pausedReasons.postCopyFailed, false, 'paused', 'post-copy-failed'],
    ['asleep', pmSuspended, 0, false, 'paused', 'unspecified'],
    ['shut off', shutoff, shutoffReasons.shutdown, false, 'inactive', 'shutdown'],
    ['moved away', shutoff, shutoffReasons.migrated, false, 'inactive', 'migrated'],
    ['saved', shutoff, shutoffReasons.saved, true, 'suspended', 'saving'],
    ['saved, then forgotten', shutoff, shutoffReasons.saved, false, 'inactive', 'saving'],
    ['crashed', crashed, 0, false, 'inactive', 'crashed'],
    ['of a kind not known yet', 42, 0, false, 'unknown', 'unspecified'],
  ])('%s', (_what, state, reason, hasManagedSave, expectedState, expectedReason) => {
    expect(domainStateOf(state, reason, hasManagedSave)).toEqual({
      state: expectedState,
      reason: expectedReason,
    });
  });
});
