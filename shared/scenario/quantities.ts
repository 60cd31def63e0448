import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const longestMs = 366 * 86_400_000;
const howDurations = 'write a duration with its unit, such as 90s, 10min, 2h or 1d';

/** `90s`, `10min` or `1.5h` to milliseconds. */
export const durationSchema = z
  .string(howDurations)
  .regex(/^\d+(?:\.\d+)?\s*(?:ms|s|min|h|d)$/, howDurations)
  .transform((text) => {
    const [, digits, unit] = /^([\d.]+)\s*(\w+)$/.exec(text) ?? [];
    return Number(digits) * (unitMs[unit ?? ''] ?? Number.NaN);
  })
  .refine((milliseconds) => milliseconds <= longestMs, 'a year is the longest')
  .meta({ description: 'A duration with its unit: 500ms, 90s, 10min, 2h or 1d.' });

/** What may be a number for all, or drawn anew for each VM of a group. */
export const numberOrDrawnSchema = (least: number, most: number) => {
  const number = z.number().min(least).max(most);
  return z
    .union([
      number,
      z
        .strictObject({ oneOf: z.array(number).min(1), weights: z.array(z.number().min(0)).optional() })
        .readonly(),
      z.strictObject({ between: z.tuple([number, number]) }).readonly(),
      z
        .strictObject({
          normal: z.strictObject({ mean: number, deviation: z.number().min(0).max(most) }).readonly(),
        })
        .readonly(),
    ])
    .meta({
      description:
        'A number, or drawn for each VM: {oneOf: [1, 2], weights: [3, 1]}, {between: [0.5, 2]} or {normal: {mean: 1, deviation: 0.2}}.',
    });
};

export type NumberOrDrawn = z.infer<ReturnType<typeof numberOrDrawnSchema>>;

/** A name, or one drawn for each VM of a group. */
export const nameOrDrawnSchema = z.union([
  z.string(),
  z
    .strictObject({ oneOf: z.array(z.string()).min(1), weights: z.array(z.number().min(0)).optional() })
    .readonly(),
]);

export type NameOrDrawn = z.infer<typeof nameOrDrawnSchema>;

/** Names as libvirt and a shell take them without quotes. */
export const nameSchema = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/,
    'a name consists of letters, digits, ".", "_" and "-", 63 at the most, and begins with a letter or digit',
  );
