import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** So much beyond the edge of what scrolls is drawn beforehand, so that scrolling does not meet empty places. */
const aheadPixels = 300;

/** Whether an element is in the window or close to it: what is costly to draw waits for that. */
export function useInView<Shown extends HTMLElement>(): readonly [RefObject<Shown | null>, boolean] {
  const ref = useRef<Shown>(null);
  const [inView, setInView] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    // Known before the first paint; the observer tells only after it.
    const { top, bottom } = element.getBoundingClientRect();
    setInView(bottom >= -aheadPixels && top <= window.innerHeight + aheadPixels);
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry !== undefined) setInView(entry.isIntersecting);
      },
      { scrollMargin: `${aheadPixels}px 0px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, inView];
}
