import type { DomainState } from '../drivers.ts';
import { domainStates, pausedReasons, runningReasons, shutoffReasons } from './rpc/rpc.ts';

/**
 * libvirt's states as the platform's four. A crashed or shut-off domain with a managed-save image is suspended. One
 * that is shutting down still executes.
 */
export function domainStateOf(state: number, reason: number, hasManagedSave: boolean): DomainState {
  switch (state) {
    case domainStates.running:
    case domainStates.blocked:
    case domainStates.shutdown:
      return { state: 'active', reason: runningReason(reason) };
    case domainStates.paused:
    case domainStates.pmSuspended:
      return { state: 'paused', reason: pausedReason(reason) };
    case domainStates.shutoff:
    case domainStates.crashed:
      return hasManagedSave
        ? { state: 'suspended', reason: 'saving' }
        : { state: 'inactive', reason: state === domainStates.crashed ? 'crashed' : shutoffReason(reason) };
    default:
      return { state: 'unknown', reason: 'unspecified' };
  }
}

function runningReason(reason: number): DomainState['reason'] {
  switch (reason) {
    case runningReasons.booted:
      return 'booted';
    case runningReasons.migrated:
      return 'migrated';
    case runningReasons.restored:
    case runningReasons.fromSnapshot:
      return 'restored';
    case runningReasons.unpaused:
    case runningReasons.wakeup:
      return 'unpaused';
    case runningReasons.migrationCancelled:
    case runningReasons.saveCancelled:
      return 'migration-cancelled';
    case runningReasons.crashed:
      return 'crashed';
    case runningReasons.postCopy:
      return 'post-copy';
    case runningReasons.postCopyFailed:
      return 'post-copy-failed';
    default:
      return 'unspecified';
  }
}

function pausedReason(reason: number): DomainState['reason'] {
  switch (reason) {
    case pausedReasons.user:
      return 'user';
    case pausedReasons.migration:
      return 'migration';
    case pausedReasons.save:
    case pausedReasons.dump:
    case pausedReasons.snapshot:
      return 'saving';
    case pausedReasons.ioError:
      return 'io-error';
    case pausedReasons.watchdog:
      return 'watchdog';
    case pausedReasons.shuttingDown:
      return 'shutdown';
    case pausedReasons.crashed:
      return 'crashed';
    case pausedReasons.startingUp:
      return 'starting-up';
    case pausedReasons.postCopy:
      return 'post-copy';
    case pausedReasons.postCopyFailed:
      return 'post-copy-failed';
    default:
      return 'unspecified';
  }
}

function shutoffReason(reason: number): DomainState['reason'] {
  switch (reason) {
    case shutoffReasons.shutdown:
      return 'shutdown';
    case shutoffReasons.destroyed:
      return 'destroyed';
    case shutoffReasons.crashed:
      return 'crashed';
    case shutoffReasons.migrated:
      return 'migrated';
    case shutoffReasons.saved:
      return 'saving';
    case shutoffReasons.failed:
      return 'failed';
    case shutoffReasons.daemon:
      return 'daemon';
    default:
      return 'unspecified';
  }
}
