import Button from '@mui/material/Button';
import { useEffect, useRef, useState } from 'react';
import { type Finding, type FindingLevel, worstFirst } from '#shared/model/diagnosis.ts';
import { formatCount } from '../../ui/format.ts';
import { type Shape, StateChip, StateShape } from '../../ui/StateChip.tsx';
import styles from './Findings.module.css';

export interface Shown {
  readonly shape: Shape;
  readonly word: string;
}

export const shownLevel: Readonly<Record<FindingLevel, Shown>> = {
  blocking: { shape: 'failed', word: 'Blocks' },
  warning: { shape: 'attention', word: 'Warning' },
  fine: { shape: 'done', word: 'Fine' },
};

/** The worst first; what is fine is counted, and opens. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const bad = worstFirst(findings).filter(({ level }) => level !== 'fine');
  const fine = findings.filter(({ level }) => level === 'fine');
  return (
    <ul className={styles.findings}>
      {bad.map((finding) => (
        <FindingItem key={`${finding.check} ${finding.title}`} finding={finding} />
      ))}
      {fine.length > 0 && (
        <li>
          <details>
            <summary>
              <StateShape shape="done" /> {formatCount(fine.length, 'check')} fine
            </summary>
            <ul className={styles.findings}>
              {fine.map((finding) => (
                <FindingItem key={`${finding.check} ${finding.title}`} finding={finding} />
              ))}
            </ul>
          </details>
        </li>
      )}
    </ul>
  );
}

function FindingItem({ finding: { level, title, cause, fix } }: { readonly finding: Finding }) {
  const { shape, word } = shownLevel[level];
  return (
    <li className={styles.finding}>
      <StateChip shape={shape} word={word} />
      <div className={styles.text}>
        <p className={level === 'fine' ? undefined : styles.title}>{title}</p>
        {cause !== undefined && <p className={styles.quiet}>{cause}</p>}
        {fix !== undefined && (
          <div className={styles.fix}>
            <span className={styles.quiet}>On {fix.on}:</span>
            <code>{fix.command}</code>
            <CopyButton command={fix.command} />
            {fix.note !== undefined && <p className={styles.quiet}>{fix.note}</p>}
          </div>
        )}
      </div>
    </li>
  );
}

const copiedMs = 2_000;

function CopyButton({ command }: { readonly command: string }) {
  const [word, setWord] = useState('Copy');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    const said = await navigator.clipboard.writeText(command).then(
      () => 'Copied',
      () => 'Select it and copy by hand',
    );
    setWord(said);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setWord('Copy'), copiedMs);
  };
  return (
    <Button size="small" aria-label={`${word} ${command}`} onClick={() => void copy()}>
      {word}
    </Button>
  );
}
