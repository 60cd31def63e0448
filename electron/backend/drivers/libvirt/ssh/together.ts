import { DroverError } from '#shared/contract/errors.ts';
import type { SecretMemory } from './secretMemory.ts';

export type Together<T> = (secrets: SecretMemory, key: string, run: () => Promise<T>) => Promise<T>;

/**
 * Several logins at once may need the same answer (one key for ten hosts, a control and a bulk login to a new host).
 * The first asks; the others wait and take what it got. Should the first be cancelled, the next one asks.
 */
export function createTogether<T>(): Together<T> {
  const underWay = new WeakMap<SecretMemory, Map<string, Promise<T>>>();
  return async (secrets, key, run) => {
    const shared = underWay.get(secrets) ?? new Map<string, Promise<T>>();
    underWay.set(secrets, shared);
    for (let leader = shared.get(key); leader !== undefined; leader = shared.get(key)) {
      try {
        return await leader;
      } catch (error) {
        if (!(error instanceof DroverError && error.code === 'cancelled')) throw error;
        if (shared.get(key) === leader) shared.delete(key);
      }
    }
    const mine = run();
    shared.set(key, mine);
    try {
      return await mine;
    } finally {
      if (shared.get(key) === mine) shared.delete(key);
    }
  };
}
