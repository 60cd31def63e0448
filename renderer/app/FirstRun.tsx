import AddOutlined from '@mui/icons-material/AddOutlined';
import PlayArrowOutlined from '@mui/icons-material/PlayArrowOutlined';
import Button from '@mui/material/Button';
import { useEffect } from 'react';
import { builtInScenarios, type ScenarioSummary } from '#shared/model/simulation.ts';
import { sizeOf } from '../features/clusters/scenarios/ScenarioDetail.tsx';
import { useStartSimulated } from '../features/clusters/useStartSimulated.ts';
import { openDialog } from '../features/dialogs.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { formatCount } from '../ui/format.ts';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import styles from './FirstRun.module.css';

/** The first start: what Drover is, and the two ways to begin. */
export function FirstRun() {
  useEffect(() => {
    document.title = 'Drover';
  }, []);
  const [scenario] = builtInScenarios;
  return (
    <div className={styles.page}>
      <div className={styles.content}>
        <img src="/drover.svg" alt="" width={40} height={40} />
        <h1>Move virtual machines between your Linux hosts while they run</h1>
        <p className={styles.lead}>
          Drover is a console for KVM/libvirt hosts. It reaches them over SSH, installs nothing on them, and
          says before it does something what that will do.
        </p>
        <div className={styles.choices}>
          {scenario !== undefined && <TrySimulated scenario={scenario} />}
          <AddHost />
        </div>
      </div>
    </div>
  );
}

function TrySimulated({ scenario }: { readonly scenario: ScenarioSummary }) {
  const start = useStartSimulated();
  return (
    <section className={styles.choice} aria-labelledby="try-simulated">
      <h2 id="try-simulated">Look around first</h2>
      <p>{scenario.story}</p>
      {start.pending ? (
        <p className={styles.pending} role="status">
          <ProgressBar share={undefined} label={`Starting ${scenario.title}`} />
          Starting the simulation and its {formatCount(scenario.hosts, 'host')}…
        </p>
      ) : (
        <p className={styles.needs}>
          {scenario.title}, simulated on this computer: {sizeOf(scenario)}. Nothing to install, no real host
          is touched.
        </p>
      )}
      {start.error !== undefined && <ErrorNotice error={start.error} />}
      <div className={styles.verb}>
        <Button
          variant="contained"
          size="large"
          startIcon={<PlayArrowOutlined />}
          disabled={start.pending}
          onClick={() => void start.run({ scenario: scenario.name })}
        >
          {start.pending ? 'Starting…' : 'Try a simulated cluster'}
        </Button>
        <Button size="large" disabled={start.pending} onClick={() => openDialog({ kind: 'add-simulated' })}>
          Choose another…
        </Button>
      </div>
    </section>
  );
}

function AddHost() {
  return (
    <section className={styles.choice} aria-labelledby="add-host">
      <h2 id="add-host">Begin with your own hosts</h2>
      <dl className={styles.needs}>
        <dt>On the host</dt>
        <dd>Linux with libvirt and an SSH server</dd>
        <dt>From you</dt>
        <dd>an account there that may use libvirt: root, or a member of the group libvirt</dd>
        <dt>To migrate</dt>
        <dd>two such hosts in one cluster</dd>
      </dl>
      <div className={styles.verb}>
        <Button
          variant="outlined"
          size="large"
          startIcon={<AddOutlined />}
          onClick={() => openDialog({ kind: 'add-host' })}
        >
          Add a host
        </Button>
      </div>
    </section>
  );
}
