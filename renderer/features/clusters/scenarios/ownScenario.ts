import type { ScenarioProblem } from '#shared/scenario/readScenario.ts';
import type { ScenarioFile } from '#shared/scenario/scenarioFile.ts';

/** A person's own scenario, as far as the page itself can tell: what hangs on the seed is found when it is started. */
export type OwnScenario =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly name: string }
  | {
      readonly kind: 'right';
      readonly name: string;
      readonly text: string;
      readonly title: string;
      readonly story: string;
      readonly hosts: number;
      readonly vms: number;
    }
  | { readonly kind: 'wrong'; readonly name: string; readonly problems: readonly ScenarioProblem[] };

/** What is larger is no such file, and is not read to find that out; the longest one has 4 million characters. */
const mostBytes = 16_000_000;

export async function readOwnScenario(file: File): Promise<OwnScenario> {
  const { name } = file;
  const wrong = (problems: readonly ScenarioProblem[]): OwnScenario => ({ kind: 'wrong', name, problems });
  const whole = (reason: string) => wrong([{ line: 1, column: 1, where: '', reason }]);
  if (file.size > mostBytes) return whole('it is larger than 16 MB, and is none');
  let text: string;
  try {
    text = await file.text();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return whole(`it cannot be read: ${reason}. Choose it again`);
  }
  // The parser is as large as a page of Drover, and most people never need it.
  const { readScenario } = await import('#shared/scenario/readScenario.ts');
  const read = readScenario(text);
  if ('problems' in read) return wrong(read.problems);
  const elsewhere = tracesElsewhere(read.file);
  if (elsewhere.length > 0) return wrong(read.locate(elsewhere));
  const { title, story, hosts, vms } = read.file;
  return { kind: 'right', name, text, title, story: story.trim(), hosts: sumOf(hosts), vms: sumOf(vms) };
}

/** A page is given one file and none beside it. */
function tracesElsewhere({ traces }: ScenarioFile) {
  return Object.entries(traces).flatMap(([name, trace]) => {
    const key = 'file' in trace ? 'file' : 'folder' in trace ? 'folder' : undefined;
    const reason = 'it lies beside this file, where a page cannot look: give the path of the scenario below';
    return key === undefined ? [] : [{ path: ['traces', name, key], reason }];
  });
}

function sumOf(groups: readonly { readonly count?: number | undefined }[]): number {
  return groups.reduce((sum, { count = 1 }) => sum + count, 0);
}
