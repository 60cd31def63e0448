import type { ActivityEventKind, VmStanding } from '#shared/model/event.ts';
import type { VmState } from '#shared/model/vm.ts';

/** A part of what came of a VM, with a name and a sentence of its own. */
export interface Happened {
  readonly kind: ActivityEventKind;
  readonly text: string;
}

/** What the way from one standing to another is called; `unseen`: its host was not heard from in between. */
export function happened(
  name: string,
  from: VmStanding,
  to: VmStanding,
  unseen: boolean,
): readonly Happened[] {
  const found: Happened[] = [];
  if (from.hostId !== to.hostId && isInstantiated(to.state))
    found.push({ kind: 'vm-moved', text: `${name} moved from ${from.hostName} to ${to.hostName}.` });
  const change = changeOf(from.state, to.state);
  if (change !== undefined) {
    const { kind, words } = change;
    const late = unseen ? ' while its host was not heard from' : '';
    const where = kind === 'vm-started' ? ` on ${to.hostName}` : '';
    const why = kind === 'vm-stopped' && to.reason === 'crashed' ? ': its guest crashed' : '';
    found.push({ kind, text: `${name} ${words}${where}${late}${why}.` });
  }
  return found;
}

const isInstantiated = (state: VmState): boolean => state === 'active' || state === 'paused';

function changeOf(
  was: VmState,
  is: VmState,
): { readonly kind: ActivityEventKind; readonly words: string } | undefined {
  if (was === is || was === 'unknown') return undefined;
  switch (is) {
    case 'active':
      return was === 'paused'
        ? { kind: 'vm-resumed', words: 'was resumed' }
        : { kind: 'vm-started', words: was === 'suspended' ? 'was restored' : 'was started' };
    case 'paused':
      return { kind: 'vm-paused', words: 'was paused' };
    case 'suspended':
      return { kind: 'vm-suspended', words: 'was suspended' };
    case 'inactive':
      return { kind: 'vm-stopped', words: was === 'suspended' ? 'lost its saved memory' : 'stopped' };
    case 'unknown':
      return undefined;
    default:
      return is satisfies never;
  }
}
