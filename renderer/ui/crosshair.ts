import { create } from 'zustand';

/** Where the crosshair of each group of charts stands, by the clock of their axis; absent while nobody points. */
const useCrosshairs = create<{ readonly at: ReadonlyMap<string, number> }>()(() => ({ at: new Map() }));

export function useCrosshair(group: string): number | undefined {
  return useCrosshairs((state) => state.at.get(group));
}

export function pointAt(group: string, at: number | undefined): void {
  useCrosshairs.setState(({ at: before }) => {
    if (before.get(group) === at) return {};
    const next = new Map(before);
    if (at === undefined) next.delete(group);
    else next.set(group, at);
    return { at: next };
  });
}
