import type { HostId } from '#shared/model/ids.ts';
import type { HostDriver } from '../drivers/drivers.ts';

/** The hosts as tasks need them: their drivers now, what the operator said of them, and when that changes. */
export interface TaskHosts {
  driver(id: HostId): HostDriver | undefined;
  declaredDead(id: HostId): boolean;
  /** Brings the inventory up to date about one domain, before anybody hears that its task has ended. */
  look(ids: readonly HostId[], uuid: string): Promise<void>;
  /** Calls back whenever one of these answers again, is lost, or is declared dead. */
  watch(ids: readonly HostId[], changed: () => void): () => void;
}
