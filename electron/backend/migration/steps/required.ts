/** What an earlier station left in the session. Its absence is a bug: the runner recovers without running `do`. */
export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a station ran without what the one before it leaves');
  return value;
}
