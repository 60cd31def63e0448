import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';

export function sessionGone(_world: World, _host: HostState, _session: string): void {}
