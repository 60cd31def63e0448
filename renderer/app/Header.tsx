import { ClusterClock } from '../features/clusters/ClusterClock.tsx';
import { useShownCluster } from '../features/inventory.ts';
import { useConnection } from '../transport/hooks.ts';
import type { Connection } from '../transport/session.ts';
import { type Shape, StateChip } from '../ui/StateChip.tsx';
import { ClusterSwitch } from './ClusterSwitch.tsx';
import { FindButton } from './FindButton.tsx';
import styles from './Header.module.css';
import { ThemeSwitch } from './ThemeSwitch.tsx';

export function Header() {
  const cluster = useShownCluster();
  return (
    <header className={styles.header}>
      <span className={styles.brand}>
        <img src="/drover.svg" alt="" width={22} height={22} />
        Drover
      </span>
      <ClusterSwitch />
      <FindButton />
      <span className={styles.end}>
        {cluster !== undefined && <ClusterClock cluster={cluster} />}
        <Standing />
        <ThemeSwitch />
      </span>
    </header>
  );
}

const standings: Readonly<Record<Connection['state'], readonly [Shape, string]>> = {
  open: ['active', 'Live'],
  starting: ['moving', 'Starting'],
  lost: ['unknown', 'Last known'],
  failed: ['failed', 'Not running'],
};

/** Whether what is on the screen is as it is now. */
function Standing() {
  const connection = useConnection();
  const [shape, word] = standings[connection.state];
  return (
    <span role="status" aria-label={`Connection to Drover: ${word}`}>
      <StateChip shape={shape} word={word} />
    </span>
  );
}
