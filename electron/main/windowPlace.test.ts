import { describe, expect, it } from 'vitest';
import { placeOnScreens, smallestWindow } from './windowPlace.ts';

const left = { x: 0, y: 0, width: 1920, height: 1080 };
const right = { x: 1920, y: 0, width: 2560, height: 1440 };

describe('placeOnScreens', () => {
  it('opens where it was left, on any screen', () => {
    const place = { x: 2000, y: 100, width: 1440, height: 900, maximized: true };
    expect(placeOnScreens(place, [left, right])).toEqual({
      position: { x: 2000, y: 100 },
      width: 1440,
      height: 900,
      maximized: true,
    });
  });

  it('leaves the position to the system when that screen is gone or the title bar is out of reach', () => {
    const size = { width: 1440, height: 900, maximized: false };
    expect(placeOnScreens({ x: 2000, y: 100, ...size }, [left]).position).toBeUndefined();
    expect(placeOnScreens({ x: 100, y: -500, ...size }, [left]).position).toBeUndefined();
    expect(placeOnScreens({ x: -1400, y: 0, ...size }, [left]).position).toBeUndefined();
    expect(placeOnScreens(size, [left]).position).toBeUndefined();
  });

  it('fits a smaller screen, but never below what the page needs', () => {
    const place = { x: 0, y: 0, width: 3000, height: 2000, maximized: false };
    expect(placeOnScreens(place, [left])).toMatchObject({ width: 1920, height: 1080 });
    const tiny = { x: 0, y: 0, width: 640, height: 480 };
    expect(placeOnScreens(place, [tiny])).toMatchObject(smallestWindow);
    expect(placeOnScreens(place, [])).toMatchObject({ width: 3000, height: 2000 });
  });
});
