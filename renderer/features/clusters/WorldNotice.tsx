import Button from '@mui/material/Button';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import { useClient } from '../../transport/hooks.ts';
import { parts } from '../../ui/ErrorNotice.tsx';
import { StateShape } from '../../ui/StateChip.tsx';
import { useOrder } from '../../ui/useAsk.ts';
import { useShownClusters } from '../inventory.ts';
import styles from './WorldNotice.module.css';

/** Said above the page while a simulated cluster that is shown does not run: why, and the one thing to do. */
export function WorldNotices() {
  const shown = useShownClusters();
  return shown
    .filter(({ simulation }) => simulation !== undefined && simulation.standing !== 'running')
    .map((cluster) =>
      cluster.simulation?.standing === 'starting' ? (
        <Starting key={cluster.id} cluster={cluster} />
      ) : (
        <Lost key={cluster.id} cluster={cluster} />
      ),
    );
}

function Starting({ cluster }: { readonly cluster: PhysicalCluster }) {
  return (
    <div className={styles.notice} role="status">
      <StateShape shape="moving" />
      <p>{cluster.name} (simulated) is starting. What is shown is the last that was known.</p>
    </div>
  );
}

function Lost({ cluster }: { readonly cluster: PhysicalCluster }) {
  const client = useClient();
  const revive = useOrder(() => client.clusters.revive({ clusterId: cluster.id }));
  const error = revive.error ?? cluster.simulation?.error;
  return (
    <div className={`${styles.notice} ${styles.lost}`} role="alert">
      <StateShape shape="failed" />
      <div className={styles.text}>
        <p>
          <strong>The simulation of {cluster.name} does not answer.</strong> What is shown is the last that
          was known. Started again, it goes on from where it was last kept.
        </p>
        {error !== undefined && <p className={styles.why}>{parts(error).said}</p>}
      </div>
      <Button variant="outlined" disabled={revive.pending} onClick={() => void revive.run(undefined)}>
        {revive.pending ? 'Starting it…' : 'Start it again'}
      </Button>
    </div>
  );
}
