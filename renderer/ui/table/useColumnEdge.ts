import type { PointerEvent } from 'react';
import { narrowest, widest } from './tableLayout.ts';

export interface Resizing {
  readonly key: string;
  readonly width: number;
}

/** What begins to drag a column's edge. Told of each width on the way, and once of the one it is left at. */
export function useColumnEdge(
  key: string,
  width: () => number,
  onResizing: (resizing: Resizing | undefined) => void,
  onWidth: (width: number) => void,
): (event: PointerEvent<HTMLElement>) => void {
  return (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const edge = event.currentTarget;
    edge.setPointerCapture(event.pointerId);
    const from = event.clientX;
    const before = width();
    let now = before;
    const onMove = (moved: globalThis.PointerEvent): void => {
      now = Math.min(widest, Math.max(narrowest, before + moved.clientX - from));
      onResizing({ key, width: now });
    };
    const onEnd = (ended: globalThis.PointerEvent): void => {
      edge.removeEventListener('pointermove', onMove);
      edge.removeEventListener('pointerup', onEnd);
      edge.removeEventListener('pointercancel', onEnd);
      onResizing(undefined);
      if (ended.type === 'pointerup' && now !== before) onWidth(now);
    };
    edge.addEventListener('pointermove', onMove);
    edge.addEventListener('pointerup', onEnd);
    edge.addEventListener('pointercancel', onEnd);
  };
}
