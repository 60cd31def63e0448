import { useEffect, useState } from 'react';
import { useSession } from '../transport/hooks.ts';

/** The value once it has stood still for a while: typing does not ask the hosts at every letter. */
export function useSettled<Value>(value: Value, afterMs: number): Value {
  const { timers } = useSession();
  const [settled, setSettled] = useState(value);
  useEffect(() => timers.after(afterMs, () => setSettled(value)), [timers, value, afterMs]);
  return settled;
}
