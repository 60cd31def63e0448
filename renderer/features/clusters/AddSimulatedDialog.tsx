import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { builtInScenarios } from '#shared/model/simulation.ts';
import { allowed, refused, type Verdict } from '#shared/rules/verdict.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useClusters } from '../inventory.ts';
import styles from './AddSimulatedDialog.module.css';
import { OwnFile } from './scenarios/OwnFile.tsx';
import type { OwnScenario } from './scenarios/ownScenario.ts';
import { ownFile, ScenarioChoice } from './scenarios/ScenarioChoice.tsx';
import { type SimulatedStart, useStartSimulated } from './useStartSimulated.ts';

const greatestSeed = 4_294_967_295;

/** One more simulated cluster: which scenario, under which name, and which of its many courses. */
export function AddSimulatedDialog({
  scenario: preset,
  onClose,
}: {
  /** Chosen beforehand. */
  readonly scenario?: string | undefined;
  readonly onClose: () => void;
}) {
  const taken = useClusters().map((cluster) => cluster.name);
  const [scenario, setScenario] = useState(preset ?? builtInScenarios[0]?.name ?? '');
  const [own, setOwn] = useState<OwnScenario>({ kind: 'none' });
  const [path, setPath] = useState('');
  // Until it is typed over, the name is the scenario's.
  const [typed, setTyped] = useState<string>();
  const [seed, setSeed] = useState('');
  const start = useStartSimulated();
  const source = sourceOf(scenario, own, path.trim());
  const name = typed ?? (source.title === undefined ? '' : freeName(source.title, taken));
  const nameProblem =
    source.title === undefined && name === '' ? undefined : problemOfName(name.trim(), taken);
  const seedProblem = isSeed(seed.trim())
    ? undefined
    : `Write a whole number up to ${greatestSeed}, or leave it empty.`;
  const problem = nameProblem ?? seedProblem;
  const verdict =
    source.verdict.allowed && problem !== undefined
      ? refused('Mend first what is marked above.')
      : source.verdict;
  return (
    <FormDialog
      title="Add a simulated cluster"
      verb={`Start ${name.trim() === '' ? (source.title ?? 'it') : name.trim()}`}
      pendingVerb="Starting…"
      pending={start.pending}
      verdict={verdict}
      onClose={onClose}
      onGive={async () => {
        if (source.start === undefined) return;
        const given = {
          ...source.start,
          name: name.trim(),
          ...(seed.trim() === '' ? {} : { seed: Number(seed) }),
        };
        if ((await start.run(given)) === true) onClose();
      }}
      width="md"
    >
      <p style={{ color: 'var(--text-2)' }}>
        It behaves like real hosts and touches none. It runs in a process of its own, also while Drover is
        closed.
      </p>
      <ScenarioChoice
        chosen={scenario}
        onChoose={(each) => {
          setScenario(each);
          start.clear();
        }}
        own={<OwnFile own={own} onRead={setOwn} path={path} onPath={setPath} />}
      />
      <div className={styles.fields}>
        <TextField
          label="Name"
          required
          value={name}
          onChange={(event) => setTyped(event.target.value)}
          error={nameProblem !== undefined}
          helperText={nameProblem ?? 'Shown everywhere with the word "simulated".'}
        />
        <TextField
          label="Seed (optional)"
          value={seed}
          onChange={(event) => setSeed(event.target.value)}
          error={seedProblem !== undefined}
          helperText={seedProblem ?? 'The same seed gives the same course of things. Left empty it is 1.'}
          slotProps={{ htmlInput: { inputMode: 'numeric', spellCheck: false } }}
        />
      </div>
      {start.error !== undefined && <ErrorNotice error={start.error} />}
    </FormDialog>
  );
}

interface Source {
  readonly title: string | undefined;
  /** undefined while there is nothing that could be started. */
  readonly start: SimulatedStart | undefined;
  readonly verdict: Verdict;
}

function sourceOf(scenario: string, own: OwnScenario, path: string): Source {
  if (scenario !== ownFile) {
    const title = builtInScenarios.find((each) => each.name === scenario)?.title ?? scenario;
    return { title, start: { scenario }, verdict: allowed };
  }
  if (path !== '') {
    const base = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    const title = base.replace(/\.ya?ml$/i, '');
    return { title, start: { scenario: called(base), file: path }, verdict: allowed };
  }
  switch (own.kind) {
    case 'none':
      return nothing('Choose a file first.');
    case 'reading':
      return nothing(`${own.name} is being read.`);
    case 'wrong':
      return nothing(`Mend first what is wrong in ${own.name}.`);
    case 'right':
      return {
        title: own.title,
        start: { scenario: called(own.name), text: own.text },
        verdict: allowed,
      };
    default:
      return own satisfies never;
  }
}

const nothing = (reason: string): Source => ({
  title: undefined,
  start: undefined,
  verdict: refused(reason),
});

/** As errors call it; no longer than the contract takes. */
const called = (file: string): string => file.slice(0, 100);

function problemOfName(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return 'Give the cluster a name.';
  return taken.includes(name) ? `There is a cluster ${name} already. Choose another name.` : undefined;
}

function isSeed(text: string): boolean {
  return text === '' || (/^\d+$/.test(text) && Number(text) <= greatestSeed);
}

function freeName(title: string, taken: readonly string[]): string {
  let name = title;
  for (let number = 2; taken.includes(name); number += 1) name = `${title} ${number}`;
  return name;
}
