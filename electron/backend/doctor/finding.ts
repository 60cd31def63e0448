import type { Finding } from '#shared/model/diagnosis.ts';

export type Fix = NonNullable<Finding['fix']>;

export function fine(check: string, title: string, cause?: string): Finding {
  return { check, level: 'fine', title, ...(cause === undefined ? {} : { cause }) };
}

export function found(
  level: 'warning' | 'blocking',
  check: string,
  title: string,
  more: { readonly cause?: string; readonly fix?: Fix | undefined } = {},
): Finding {
  const { cause, fix } = more;
  return {
    check,
    level,
    title,
    ...(cause === undefined ? {} : { cause }),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** A question that failed is itself something found, and stops no other. */
export function notKnown(check: string, what: string, why: string): Finding {
  return found('warning', check, `Could not find out ${what}.`, { cause: why });
}

/** "web-01, web-02 and 3 more". */
export function listed(names: readonly string[], most = 3): string {
  if (names.length > most + 1) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

export function durationInWords(milliseconds: number): string {
  const ms = Math.abs(milliseconds);
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1000).toPrecision(3))} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
