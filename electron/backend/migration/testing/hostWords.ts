import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import type { HostWord, PresentWord } from '../outcome.ts';

export const silent: HostWord = { kind: 'silent', declaredDead: false };
export const dead: HostWord = { kind: 'silent', declaredDead: true };
export const absent: HostWord = { kind: 'absent' };

export function present(state: VmState, reason: VmStateReason, job: PresentWord['job'] = 'none'): HostWord {
  return { kind: 'present', state, reason, job };
}
