const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How much time a dashboard shows; the first is live. */
export const spans = [
  { key: 'live', words: 'Live', name: 'live, the last 15 minutes', spanMs: 15 * minuteMs },
  { key: '1h', words: '1 h', name: 'last hour', spanMs: hourMs },
  { key: '6h', words: '6 h', name: 'last 6 hours', spanMs: 6 * hourMs },
  { key: '24h', words: '24 h', name: 'last 24 hours', spanMs: 24 * hourMs },
] as const;

export type Span = (typeof spans)[number];

export const spanOf = (key: string): Span => spans.find((span) => span.key === key) ?? spans[0];
