/** What one section was measured under. */
export interface Circumstances {
  readonly date: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Processes that wanted a core over the last minute, before and after. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly electron: string;
  readonly drover: string;
}

const titles = {
  coldStart: 'Start',
  scrolling: 'Scrolling ten thousand VMs',
  keystrokes: 'Filtering ten thousand VMs',
  memory: 'Memory',
  dataCentre: 'A data centre',
} as const;

type Part = keyof typeof titles;

const opening = `# How fast Drover is

Written by \`npm run performance\` ([how](../test/bench/README.md#performance)); \`npm run performance -- PART\` renews one section. The app is packed as installers hold it and started as an ordinary user in Chromium's sandbox, on simulated clusters: world, backend and page are the real ones, each in its own process. The display is an emulated one without a graphics card, so each pixel is drawn by the same cores that do all else.

Each figure is the median of its runs, with the best and the worst. Under "of the bare" is how many times as long it took as the same Electron with a page that does nothing took, in the same minute on the same machine: less than that no app can take there.
`;

/** The page with one section in its new words, and the others as they stand. */
export function pageWith(before: string, part: Part, found: string, during: Circumstances): string {
  const sections = sectionsOf(before);
  sections.set(titles[part], `${during.date}: ${inWords(during)}\n\n${found.trim()}`);
  const known = Object.values(titles).flatMap((title) => {
    const text = sections.get(title);
    return text === undefined ? [] : [`## ${title}\n\n${text}\n`];
  });
  return [opening, ...known].join('\n');
}

function sectionsOf(page: string): Map<string, string> {
  return new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const end = section.indexOf('\n');
        return [section.slice(0, end).trim(), section.slice(end).trim()];
      }),
  );
}

function inWords({ cores, memoryGiB, loadBefore, loadAfter, electron, drover }: Circumstances): string {
  const machine = `${cores} cores, ${memoryGiB} GiB, software rendering`;
  const load = `load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`;
  const busy =
    loadBefore > cores / 2
      ? ' **The machine did other work in the minute before, if only the part measured before this one: times may be too high for it.**'
      : '';
  return `${machine}; ${load}. Drover ${drover}, Electron ${electron}.${busy}`;
}
