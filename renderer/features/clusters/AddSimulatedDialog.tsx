import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { builtInScenarios } from '#shared/model/simulation.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useClusters } from '../inventory.ts';
import { ScenarioChoice } from './ScenarioChoice.tsx';
import { useStartSimulated } from './useStartSimulated.ts';

const greatestSeed = 4_294_967_295;

/** One more simulated cluster: which scenario, under which name, and which of its many courses. */
export function AddSimulatedDialog({ onClose }: { readonly onClose: () => void }) {
  const taken = useClusters().map((cluster) => cluster.name);
  const [scenario, setScenario] = useState(builtInScenarios[0]?.name ?? '');
  // Until it is typed over, the name is the scenario's.
  const [typed, setTyped] = useState<string>();
  const [seed, setSeed] = useState('');
  const start = useStartSimulated();
  const title = builtInScenarios.find((each) => each.name === scenario)?.title ?? scenario;
  const name = typed ?? freeName(title, taken);
  const nameProblem = problemOfName(name.trim(), taken);
  const seedProblem = isSeed(seed.trim())
    ? undefined
    : `Write a whole number up to ${greatestSeed}, or leave it empty.`;
  const problem = nameProblem ?? seedProblem;
  return (
    <FormDialog
      title="Add a simulated cluster"
      verb={`Start ${name.trim() === '' ? title : name.trim()}`}
      pendingVerb="Starting…"
      pending={start.pending}
      verdict={problem === undefined ? allowed : refused('Mend first what is marked above.')}
      onClose={onClose}
      onGive={async () => {
        const given = { scenario, name: name.trim(), ...(seed.trim() === '' ? {} : { seed: Number(seed) }) };
        if ((await start.run(given)) === true) onClose();
      }}
      width="sm"
    >
      <p style={{ color: 'var(--text-2)' }}>
        It behaves like real hosts and touches none. It runs in a process of its own, also while Drover is
        closed.
      </p>
      <ScenarioChoice chosen={scenario} onChoose={(each) => setScenario(each.name)} />
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
      {start.error !== undefined && <ErrorNotice error={start.error} />}
    </FormDialog>
  );
}

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
