import { create } from 'zustand';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';
import type { Diagnosis } from '#shared/model/diagnosis.ts';
import type { HostId } from '#shared/model/ids.ts';

/** What the doctor last said of a host, kept while the page is open. */
export interface Consultation {
  readonly pending: boolean;
  readonly diagnosis?: Diagnosis;
  readonly error?: ErrorData;
  /** The host has just been added, which is still to be told. */
  readonly added: boolean;
}

export const useDiagnoses = create<{ readonly byHost: ReadonlyMap<HostId, Consultation> }>()(() => ({
  byHost: new Map(),
}));

/** Looks a host over; what was said before stays until the new answer is there. */
export async function lookOver(client: DroverClient, hostId: HostId, added = false): Promise<void> {
  const before = useDiagnoses.getState().byHost.get(hostId);
  if (before?.pending === true) return;
  const { error: _old, ...kept } = before ?? {};
  put(hostId, { ...kept, pending: true, added });
  try {
    const diagnosis = await client.hosts.diagnose({ hostId });
    put(hostId, { pending: false, diagnosis, added });
  } catch (thrown) {
    put(hostId, { pending: false, error: toDroverError(thrown).toData(), added });
  }
}

function put(hostId: HostId, consultation: Consultation): void {
  useDiagnoses.setState(({ byHost }) => ({ byHost: new Map(byHost).set(hostId, consultation) }));
}
