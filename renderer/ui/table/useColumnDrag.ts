import { type PointerEvent, type RefObject, useRef, useState } from 'react';

type Side = 'before' | 'after';

interface Over {
  readonly key: string;
  readonly side: Side;
}

/** So far a pointer may slip and still have clicked. */
const slipPixels = 5;

/** Dragging a column by its title: where it would come to stand on the way, and the order once it is let go. */
export function useColumnDrag(
  head: RefObject<HTMLElement | null>,
  onMove: (key: string, side: Side, other: string) => void,
) {
  const [dragged, setDragged] = useState<{ readonly key: string; readonly over: Over | undefined }>();
  const endedAt = useRef(Number.NEGATIVE_INFINITY);

  const begin = (event: PointerEvent<HTMLElement>, key: string): void => {
    if (event.button !== 0) return;
    const title = event.currentTarget;
    const { pointerId, clientX: from } = event;
    let over: Over | undefined;
    let isDragging = false;
    const onPointerMove = (moved: globalThis.PointerEvent): void => {
      if (!isDragging && Math.abs(moved.clientX - from) < slipPixels) return;
      if (!isDragging) title.setPointerCapture(pointerId);
      isDragging = true;
      over = placeUnder(head.current, moved.clientX, key);
      setDragged({ key, over });
    };
    const end = (): void => {
      removeEventListener('pointermove', onPointerMove);
      removeEventListener('pointerup', onUp);
      removeEventListener('pointercancel', end);
      removeEventListener('keydown', onKey, true);
      setDragged(undefined);
      if (isDragging) endedAt.current = performance.now();
    };
    const onUp = (): void => {
      const place = over;
      end();
      if (isDragging && place !== undefined) onMove(key, place.side, place.key);
    };
    const onKey = (pressed: KeyboardEvent): void => {
      if (pressed.key !== 'Escape' || !isDragging) return;
      pressed.stopPropagation();
      end();
    };
    addEventListener('pointermove', onPointerMove);
    addEventListener('pointerup', onUp);
    addEventListener('pointercancel', end);
    addEventListener('keydown', onKey, true);
  };

  return {
    begin,
    key: dragged?.key,
    over: dragged?.over,
    /** The click that follows on letting go of a column is none. */
    wasDragged: (): boolean => performance.now() - endedAt.current < 100,
  };
}

/** Beside which column a pointer is. Nothing stands before the first one. */
function placeUnder(head: HTMLElement | null, x: number, dragged: string): Over | undefined {
  const titles = [...(head?.querySelectorAll<HTMLElement>('th[data-key]') ?? [])];
  for (const [index, title] of titles.entries()) {
    const { left, right } = title.getBoundingClientRect();
    const key = title.dataset['key'] ?? '';
    const isLast = index === titles.length - 1;
    if (x > right && !isLast) continue;
    if (key === dragged) return undefined;
    return { key, side: index > 0 && x < (left + right) / 2 ? 'before' : 'after' };
  }
  return undefined;
}
