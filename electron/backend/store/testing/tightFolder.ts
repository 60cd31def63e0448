// Run by storeOnTightFolder in a mount namespace of its own, with a data folder on a file system that has no room or
// may not be written. Says what Drover says, and what is there afterwards once there is room again.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toErrorData } from '#shared/contract/errors.ts';
import { clusterId, hostId } from '#shared/model/ids.ts';
import { openJournal } from '../journal.ts';

const folder = process.argv[2] ?? '';
const cluster = { id: clusterId('cluster'), name: 'lab' };

/** A host whose record takes about 20 KiB. */
function host(number: number) {
  const name = `host-${number}`;
  return {
    id: hostId(name),
    clusterId: cluster.id,
    name,
    address: `ssh://${'x'.repeat(20_000)}`,
    declaredDead: false,
  };
}

function failure(work: () => void) {
  try {
    work();
    return undefined;
  } catch (thrown) {
    return toErrorData(thrown);
  }
}

const refused = failure(() => openJournal(folder, console.error).close());
if (refused !== undefined) {
  console.log(JSON.stringify({ error: refused, written: 0, kept: 0, keptLater: 0 }));
} else {
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(256 * 1024));
  const journal = openJournal(folder, console.error);
  let written = 0;
  let error: ReturnType<typeof failure>;
  while (error === undefined && written < 1000) {
    error = failure(() => journal.hosts.saveCluster(cluster, [host(written)]));
    if (error === undefined) written += 1;
  }
  const kept = journal.hosts.hosts().length;
  rmSync(ballast);
  journal.hosts.saveCluster(cluster, [host(written)]);
  journal.close();
  const again = openJournal(folder, console.error);
  console.log(JSON.stringify({ error, written, kept, keptLater: again.hosts.hosts().length }));
  again.close();
}
