import { useEffect, useState } from 'react';
import { useSession } from '../transport/hooks.ts';

/** The wall clock, moving on every `everyMs`: for "3 min ago" and running durations. */
export function useNow(everyMs = 1000): number {
  const { timers } = useSession();
  const [now, setNow] = useState(() => timers.now());
  useEffect(() => {
    let cancel = (): void => {};
    const tick = (): void => {
      setNow(timers.now());
      cancel = timers.after(everyMs, tick);
    };
    cancel = timers.after(everyMs, tick);
    return () => cancel();
  }, [timers, everyMs]);
  return now;
}
