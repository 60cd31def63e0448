import Button from '@mui/material/Button';
import { allFindings } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import { useClient } from '../../transport/hooks.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { formatCount, formatMoment } from '../../ui/format.ts';
import { useNow } from '../../ui/useNow.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import styles from './DoctorSection.module.css';
import { lookOver, useDiagnoses } from './diagnoses.ts';
import { Findings } from './Findings.tsx';
import { WayMatrix } from './WayMatrix.tsx';

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
            <WayMatrix host={host} peers={diagnosis.peers} />
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
