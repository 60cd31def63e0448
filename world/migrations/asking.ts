import type { VmNic } from '#shared/model/vm.ts';
import { reach } from '../hosts/path.ts';
import type { Answer } from '../sessions/sessions.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { hostAt } from './connecting.ts';

const reachMs = 3000;

/** Which of these bridges and networks the host lacks, each in a few words. */
export function missingNetworks(
  world: World,
  host: HostState,
  nics: readonly Pick<VmNic, 'kind' | 'source'>[],
): readonly string[] {
  const { networks } = world.facts(host);
  const missing = nics.flatMap(({ kind, source }) => {
    if ((kind !== 'bridge' && kind !== 'network') || source === '') return [];
    const known = networks.find((network) => network.kind === kind && network.name === source);
    if (known?.active === true) return [];
    return [known === undefined ? `no ${kind} ${source}` : `the network ${source} is not started`];
  });
  return [...new Set(missing)];
}

export type Reached =
  | { readonly reachable: true; readonly how: 'open' | 'closed' | 'not-tried' }
  | { readonly reachable: false; readonly cause: string };

/** Tried from the host itself: silence takes its time. */
export function canReach(
  world: World,
  host: HostState,
  { address, port }: { readonly address: string; readonly port: number },
  answer: Answer<Reached>,
): void {
  const target = hostAt(world, address);
  if (target === undefined) return answer.ok({ reachable: false, cause: 'No route to host' });
  if (!reach(world, host, target)) {
    const cause = `no answer from ${address} port ${port} within ${reachMs / 1000} s`;
    world.after(reachMs, () => answer.ok({ reachable: false, cause }));
    return;
  }
  const listens = Object.values(target.domains).some(({ instance }) => instance?.incoming?.port === port);
  answer.ok({ reachable: true, how: listens ? 'open' : 'closed' });
}
