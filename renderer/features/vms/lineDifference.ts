/** `same` in both; `one` only in the first, `other` only in the second. */
export interface ComparedLine {
  readonly kind: 'same' | 'one' | 'other';
  readonly text: string;
  /** Its number in the text that has it; of `same`, in the second. */
  readonly number: number;
}

/** Longer ones are not compared line by line in a window's own thread. */
const mostLines = 4000;

/** Two texts line by line, by their longest common run of lines; undefined where they are too long for that. */
export function compareLines(one: string, other: string): readonly ComparedLine[] | undefined {
  const [ours, theirs] = [one.trimEnd().split('\n'), other.trimEnd().split('\n')];
  if (ours.length > mostLines || theirs.length > mostLines) return undefined;
  const width = theirs.length + 1;
  // common[i * width + j]: how many lines the rests from i and j have in common.
  const common = new Uint16Array((ours.length + 1) * width);
  for (let i = ours.length - 1; i >= 0; i -= 1) {
    for (let j = theirs.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        ours[i] === theirs[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const lines: ComparedLine[] = [];
  let [i, j] = [0, 0];
  while (i < ours.length || j < theirs.length) {
    if (i < ours.length && ours[i] === theirs[j]) {
      lines.push({ kind: 'same', text: theirs[j] ?? '', number: j + 1 });
      i += 1;
      j += 1;
    } else if (
      j >= theirs.length ||
      (i < ours.length && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      lines.push({ kind: 'one', text: ours[i] ?? '', number: i + 1 });
      i += 1;
    } else {
      lines.push({ kind: 'other', text: theirs[j] ?? '', number: j + 1 });
      j += 1;
    }
  }
  return lines;
}

/** Only what differs, with a few lines around; a number of lines that are left out stands for them. */
export function withoutTheSame(
  lines: readonly ComparedLine[],
  around = 2,
): readonly (ComparedLine | { readonly kind: 'left-out'; readonly count: number })[] {
  const near = lines.map((_line, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== 'same'),
  );
  const shown: (ComparedLine | { readonly kind: 'left-out'; readonly count: number })[] = [];
  let count = 0;
  for (const [at, line] of lines.entries()) {
    if (near[at] !== true) {
      count += 1;
      continue;
    }
    if (count > 0) shown.push({ kind: 'left-out', count });
    count = 0;
    shown.push(line);
  }
  if (count > 0) shown.push({ kind: 'left-out', count });
  return shown;
}
