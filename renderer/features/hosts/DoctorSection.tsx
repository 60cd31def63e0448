import Button from '@mui/material/Button';
import { useEffect, useRef, useState } from 'react';
import { allFindings, type Diagnosis, type Finding, worstFirst } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import { useClient } from '../../transport/hooks.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { formatCount, formatMoment } from '../../ui/format.ts';
import { type Shape, StateChip, StateShape } from '../../ui/StateChip.tsx';
import { useNow } from '../../ui/useNow.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { useHosts } from '../inventory.ts';
import styles from './DoctorSection.module.css';
import { lookOver, useDiagnoses } from './diagnoses.ts';

const shown: Readonly<Record<Finding['level'], { readonly shape: Shape; readonly word: string }>> = {
  blocking: { shape: 'failed', word: 'Blocks' },
  warning: { shape: 'attention', word: 'Warning' },
  fine: { shape: 'done', word: 'Fine' },
};
const sectionId = 'doctor';

/** What the doctor finds of a host, the worst first, and whether VMs could move to and from each other host. */
export function DoctorSection({ host }: { readonly host: Host }) {
  const client = useClient();
  const now = useNow();
  const consultation = useDiagnoses((diagnoses) => diagnoses.byHost.get(host.id));
  const pending = consultation?.pending ?? false;
  const diagnosis = consultation?.diagnosis;
  return (
    <div id={sectionId}>
      <Section title="Doctor">
        <div className={styles.head}>
          <Button
            size="small"
            variant="outlined"
            disabled={pending}
            onClick={() => void lookOver(client, host.id)}
          >
            {pending ? `Looking ${host.name} over…` : `Look ${host.name} over`}
          </Button>
          <span className={styles.quiet} role="status">
            {pending
              ? 'Asking it and the other hosts; a few seconds.'
              : diagnosis !== undefined && `Looked over at ${formatMoment(diagnosis.at, now).text}.`}
          </span>
        </div>
        {consultation === undefined && (
          <p className={styles.quiet}>
            Versions, rights, room, networks and clock, and whether VMs could move to and from the other
            hosts. Nothing is changed.
          </p>
        )}
        {consultation?.error !== undefined && <ErrorNotice error={consultation.error} />}
        {diagnosis !== undefined && (
          <>
            <Findings findings={diagnosis.findings} />
            <Ways host={host} diagnosis={diagnosis} />
          </>
        )}
      </Section>
    </div>
  );
}

/** After a host was added: that it was, and what there is to look at. */
export function AddedNotice({ host }: { readonly host: Host }) {
  const consultation = useDiagnoses((diagnoses) => diagnoses.byHost.get(host.id));
  if (consultation?.added !== true) return null;
  const { pending, diagnosis } = consultation;
  if (pending || diagnosis === undefined)
    return (
      <p role="status">{pending ? `${host.name} was added. Looking it over…` : `${host.name} was added.`}</p>
    );
  const count = allFindings(diagnosis).filter(({ level }) => level !== 'fine').length;
  if (count === 0) return <p role="status">{host.name} was added. Nothing to look at: all is fine.</p>;
  return (
    <WarningNotice>
      <p role="status">
        {host.name} was added. {formatCount(count, 'thing')} to look at.
      </p>
      <div>
        <Button
          size="small"
          onClick={() => document.getElementById(sectionId)?.scrollIntoView({ block: 'start' })}
        >
          Show {count === 1 ? 'it' : 'them'}
        </Button>
      </div>
    </WarningNotice>
  );
}

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
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
  const { shape, word } = shown[level];
  return (
    <li className={styles.finding}>
      <StateChip shape={shape} word={word} />
      <div className={styles.text}>
        <p className={styles.title}>{title}</p>
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

/** Each other host with both directions, and in each what decides it; opened, all that was found there. */
function Ways({ host, diagnosis }: { readonly host: Host; readonly diagnosis: Diagnosis }) {
  const hosts = useHosts();
  if (diagnosis.peers.length === 0)
    return <p className={styles.quiet}>It has no other host in its cluster to exchange VMs with.</p>;
  return (
    <ul className={styles.ways} aria-label={`VMs to and from ${host.name}`}>
      {diagnosis.peers.map((peer) => {
        const name = hosts.find((each) => each.id === peer.hostId)?.name ?? peer.hostId;
        return (
          <li key={peer.hostId}>
            <Way title={`To ${name}`} findings={peer.to} />
            <Way title={`From ${name}`} findings={peer.from} />
          </li>
        );
      })}
    </ul>
  );
}

function Way({ title, findings }: { readonly title: string; readonly findings: readonly Finding[] }) {
  const [worst] = worstFirst(findings);
  const { shape } = shown[worst?.level ?? 'fine'];
  return (
    <details>
      <summary>
        <StateShape shape={shape} /> <strong>{title}</strong>{' '}
        {worst === undefined || worst.level === 'fine' ? 'VMs can move.' : worst.title}
      </summary>
      <Findings findings={findings} />
    </details>
  );
}
