import Button from '@mui/material/Button';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useEffect, useRef, useState } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import { useClient } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnswer } from '../../ui/useAsk.ts';
import { useHostName } from '../inventory.ts';
import { type ComparedLine, compareLines, withoutTheSame } from './lineDifference.ts';
import styles from './VmXml.module.css';
import { XmlLines } from './XmlLines.tsx';

type Shown = 'current' | 'inactive' | 'difference';

/** libvirt's own document of the VM, without secrets: of what runs, of what is next started, and how they differ. */
export function VmXml({ vm }: { readonly vm: Vm }) {
  const client = useClient();
  const home = useHostName(vm.hostId);
  const [chosen, setChosen] = useState<Shown>('current');
  // What does not run has one document; what runs without a definition too.
  const hasTwo = vm.persistent && (vm.state === 'active' || vm.state === 'paused');
  const shown = hasTwo ? chosen : 'current';
  const question = vm.current ? JSON.stringify([vm, shown]) : undefined;
  const { value, error, pending } = useAnswer(question, async (signal) => {
    const read = async (which: 'current' | 'inactive') =>
      (await client.vms.xml({ vmId: vm.id, which }, { signal })).xml.trimEnd();
    if (shown !== 'difference') return { shown, xml: await read(shown) };
    const [current, inactive] = await Promise.all([read('current'), read('inactive')]);
    return { shown, xml: inactive, compared: compareLines(current, inactive) };
  });
  return (
    <section className={styles.xml} aria-label="XML">
      <div className={styles.bar}>
        {hasTwo && (
          <ToggleButtonGroup
            exclusive
            size="small"
            value={shown}
            onChange={(_event, next: Shown | null) => next !== null && setChosen(next)}
            aria-label={`Which XML of ${vm.name}`}
          >
            <ToggleButton value="current">Running now</ToggleButton>
            <ToggleButton value="inactive">From the next start</ToggleButton>
            <ToggleButton value="difference">What differs</ToggleButton>
          </ToggleButtonGroup>
        )}
        {value !== undefined && shown !== 'difference' && <CopyXml vm={vm} xml={value.xml} />}
      </div>
      {!vm.current && <p className={styles.quiet}>It can be read when {home} answers.</p>}
      {error !== undefined && <ErrorNotice error={error} />}
      {value === undefined && pending && (
        <p className={styles.quiet} role="status">
          Asking {home}…
        </p>
      )}
      {value?.shown === 'difference' && <Difference vm={vm} compared={value.compared} />}
      {value !== undefined && value.shown !== 'difference' && <XmlLines xml={value.xml} name={vm.name} />}
    </section>
  );
}

const copiedMs = 2000;

function CopyXml({ vm, xml }: { readonly vm: Vm; readonly xml: string }) {
  const [word, setWord] = useState('Copy');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    const said = await navigator.clipboard.writeText(`${xml}\n`).then(
      () => 'Copied',
      () => 'Select it and copy by hand',
    );
    setWord(said);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setWord('Copy'), copiedMs);
  };
  return (
    <Button
      size="small"
      variant="outlined"
      aria-label={`${word} the XML of ${vm.name}`}
      onClick={() => void copy()}
    >
      {word}
    </Button>
  );
}

const marks: Readonly<Record<ComparedLine['kind'], { readonly sign: string; readonly words: string }>> = {
  same: { sign: ' ', words: '' },
  one: { sign: '−', words: 'only now: ' },
  other: { sign: '+', words: 'only from the next start: ' },
};

function Difference({
  vm,
  compared,
}: {
  readonly vm: Vm;
  readonly compared: readonly ComparedLine[] | undefined;
}) {
  if (compared === undefined) {
    return (
      <p className={styles.quiet}>They are too long to compare here. Copy both and compare them there.</p>
    );
  }
  if (compared.every(({ kind }) => kind === 'same')) {
    return <p className={styles.quiet}>Nothing differs: {vm.name} runs as it is defined.</p>;
  }
  return (
    <>
      <p className={styles.quiet}>
        − is what runs now, + what it is next started with. Numbers, ports and names of devices that libvirt
        gives at a start are among it; settings that wait are listed under Configuration.
      </p>
      {/* It is wider than its place, and then the keyboard must reach it to scroll. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ol className={styles.lines} tabIndex={0} aria-label={`What differs in the XML of ${vm.name}`}>
        {withoutTheSame(compared).map((line, place) =>
          line.kind === 'left-out' ? (
            // Lines that are left out have no name but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={`left out ${place}`} className={styles.leftOut}>
              {line.count === 1 ? '1 line is' : `${line.count} lines are`} the same
            </li>
          ) : (
            <li key={`${line.kind} ${line.number}`} data-kind={line.kind}>
              <span className={styles.sign} aria-hidden="true">
                {marks[line.kind].sign}
              </span>
              <code>
                <span className="visually-hidden">{marks[line.kind].words}</span>
                {line.text}
              </code>
            </li>
          ),
        )}
      </ol>
    </>
  );
}
