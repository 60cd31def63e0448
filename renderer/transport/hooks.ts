import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { DroverClient } from '#shared/contract/client.ts';
import type { HostId, VmId } from '#shared/model/ids.ts';
import type { LiveModel } from './liveModel.ts';
import type { Series } from './series.ts';
import type { Connection, Session } from './session.ts';

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('This part of the page is outside of its session');
  return session;
}

export function useClient(): DroverClient {
  return useSession().client;
}

export function useConnection(): Connection {
  return useStore(useSession().connection);
}

/** A part of the live state; the component is drawn again only when that part is another one. */
export function useLive<Part>(part: (model: LiveModel) => Part): Part {
  return useStore(useSession().live, part);
}

/** Draws again with every sweep that was told, where sweeps are wanted at all; returns the number of it. */
export function useSampleVersion(wanted = true): number {
  const { samples } = useSession();
  return useSyncExternalStore(samples.subscribe, () => (wanted ? samples.version : 0));
}

/** As `useSampleVersion`, every other second at most: for charts. */
export function useDrawing(): number {
  const { samples } = useSession();
  return useSyncExternalStore(samples.subscribe, () => samples.drawing);
}

/** Draws again when this host was measured, and not when others were. */
export function useHostSeries(id: HostId): Series | undefined {
  const { samples } = useSession();
  useSyncExternalStore(samples.subscribe, () => samples.host(id)?.latestAt);
  return samples.host(id);
}

export function useVmSeries(id: VmId): Series | undefined {
  const { samples } = useSession();
  useSyncExternalStore(samples.subscribe, () => samples.vm(id)?.latestAt);
  return samples.vm(id);
}
