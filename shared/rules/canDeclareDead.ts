import type { Host } from '../model/host.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/** "Dead" is the operator's word on a host that cannot speak for itself; one that answers needs nobody to. */
export function canDeclareDead({
  name,
  connection,
}: {
  readonly name: string;
  readonly connection: Pick<Host['connection'], 'state'>;
}): Verdict {
  return connection.state === 'connected'
    ? refused(`${name} answers, so it is not dead. Switch it off first if it is to be taken for dead.`)
    : allowed;
}
