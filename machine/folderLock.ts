import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

export interface FolderLock {
  release(): void;
}

/**
 * Makes the folder, and this process the one that has it. The lock is the operating system's, on a file of that name in
 * it: it goes with its process, however that ends, so there is no stale lock to recognise. undefined where another
 * process still has it after `patienceMs`; throws what the system says where the folder cannot be made or written.
 */
export function lockFolder(folder: string, name: string, patienceMs: number): FolderLock | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return lockFile(join(folder, name), patienceMs);
  } catch (thrown) {
    if (thrown instanceof Error && /SQLITE_BUSY|database is locked/i.test(thrown.message)) return undefined;
    throw thrown;
  }
}

function lockFile(path: string, patienceMs: number): FolderLock {
  const lock = new Database(path, { timeout: patienceMs });
  try {
    // Not by locking_mode: with it a handle that is refused keeps what it had of the lock, and two refuse each other.
    lock.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    lock.close();
    throw thrown;
  }
  return {
    release() {
      // Closing alone leaves the lock with the handle until it is collected; whoever comes next must not wait for that.
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}
