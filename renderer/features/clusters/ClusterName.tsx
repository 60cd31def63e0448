import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import styles from './ClusterName.module.css';

/** A cluster's name wherever it is shown: a simulated one is never mistaken for a real one. */
export function ClusterName({ cluster }: { readonly cluster: PhysicalCluster }) {
  return (
    <span className={styles.name} title={cluster.name}>
      <span className={styles.text}>{cluster.name}</span>
      {cluster.simulated && <span className={styles.simulated}>simulated</span>}
    </span>
  );
}
