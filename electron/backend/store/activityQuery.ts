import type { ActivityFilter, ActivityPlace } from '#shared/model/activity.ts';

/** A part of a WHERE, with what its question marks stand for. */
export interface Conditions {
  readonly conditions: readonly string[];
  readonly parameters: readonly (string | number)[];
}

/**
 * What SQLite can say of a filter without reading every record into objects: times, the kind, and that the record has a
 * text somewhere. It lets more through than fits, never less.
 */
export function whereOf(
  timeColumn: string,
  filter: ActivityFilter,
  texts: readonly (string | undefined)[],
): Conditions {
  const likes = texts.flatMap((part) => (part === undefined || !canBeSought(part) ? [] : [likeOf(part)]));
  const { from, to, kind } = filter;
  return {
    conditions: [
      'TRUE',
      ...(from === undefined ? [] : [`${timeColumn} >= ?`]),
      ...(to === undefined ? [] : [`${timeColumn} < ?`]),
      ...(kind === undefined ? [] : ["record ->> '$.kind' = ?"]),
      ...likes.map(() => "record LIKE ? ESCAPE '!'"),
    ],
    parameters: [
      ...(from === undefined ? [] : [from]),
      ...(to === undefined ? [] : [to]),
      ...(kind === undefined ? [] : [kind]),
      ...likes,
    ],
  };
}

export function olderThan(timeColumn: string, before: ActivityPlace | undefined): Conditions {
  if (before === undefined) return { conditions: [], parameters: [] };
  return {
    conditions: [`(${timeColumn} < ? OR (${timeColumn} = ? AND id < ?))`],
    parameters: [before.at, before.at, before.id],
  };
}

/** SQLite folds the case of ASCII only, and JSON writes some letters in another way. */
function canBeSought(part: string): boolean {
  return /^[\u0020\u0021\u0023-\u005b\u005d-\u007e]+$/.test(part);
}

const likeOf = (part: string): string => `%${part.replace(/[!%_]/g, '!$&')}%`;
