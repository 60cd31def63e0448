// An owner in a process of its own, so that it can really be killed and really race another: says how it fared and,
// if it is the owner, stays so until it is ended.
import { toErrorData } from '#shared/contract/errors.ts';
import { becomeOwner } from '../owner.ts';

try {
  const owner = becomeOwner(process.argv[2] ?? '', 'server', Date.now());
  console.log(JSON.stringify({ owner: owner.info }));
  process.stdin.resume();
  process.stdin.once('end', () => {
    owner.release();
    process.exit(0);
  });
} catch (thrown) {
  console.log(JSON.stringify({ refused: toErrorData(thrown) }));
}
