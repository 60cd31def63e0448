import type { WindowPlace } from './preferencesFile.ts';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `position` is left to the system where it is not there. */
export interface PlacedWindow {
  readonly position: { readonly x: number; readonly y: number } | undefined;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

export const smallestWindow = { width: 960, height: 600 } as const;

/** So much of the title bar must be on a screen for a window to be reachable, in device-independent pixels. */
const reachable = { width: 120, height: 40 } as const;

/**
 * Where to open a window that was left at `place`: there if that can still be reached on one of the `screens` (work
 * areas), else centred by the system; never larger than the screen it is on.
 */
export function placeOnScreens(place: WindowPlace, screens: readonly Area[]): PlacedWindow {
  const { x, y } = place;
  const home =
    x === undefined || y === undefined
      ? undefined
      : screens.find((screen) => isReachable({ x, y, width: place.width, height: place.height }, screen));
  const screen = home ?? screens[0];
  const width = fit(place.width, smallestWindow.width, screen?.width);
  const height = fit(place.height, smallestWindow.height, screen?.height);
  const position = home === undefined || x === undefined || y === undefined ? undefined : { x, y };
  return { position, width, height, maximized: place.maximized };
}

function isReachable(window: Area, screen: Area): boolean {
  const across = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  const titleIsOn = window.y >= screen.y && window.y + reachable.height <= screen.y + screen.height;
  return across >= reachable.width && titleIsOn;
}

function fit(wanted: number, smallest: number, available: number | undefined): number {
  return Math.max(smallest, Math.min(wanted, available ?? wanted));
}
