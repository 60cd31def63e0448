import type { MouseEvent } from 'react';

/** Where a menu opens, pixels from the window's corner. */
export interface MenuPlace {
  readonly top: number;
  readonly left: number;
}

export function below(element: Element): MenuPlace {
  const { bottom, left } = element.getBoundingClientRect();
  return { top: bottom + 4, left };
}

/** At the pointer; where the keyboard asked for it, below what has the focus. */
export function placeOf(event: MouseEvent): MenuPlace {
  if (event.clientX > 0 || event.clientY > 0) return { top: event.clientY, left: event.clientX };
  return below(event.target instanceof Element ? event.target : event.currentTarget);
}
