import MenuItem from '@mui/material/MenuItem';
import Select from '@mui/material/Select';
import type { ClusterId } from '#shared/model/ids.ts';
import { useClusters, useScope } from '../features/inventory.ts';
import { useConnection } from '../transport/hooks.ts';
import type { Connection } from '../transport/session.ts';
import { type Shape, StateChip } from '../ui/StateChip.tsx';
import styles from './Header.module.css';
import { QuickFind } from './QuickFind.tsx';
import { ThemeSwitch } from './ThemeSwitch.tsx';

export function Header() {
  return (
    <header className={styles.header}>
      <span className={styles.brand}>
        <img src="/drover.svg" alt="" width={22} height={22} />
        Drover
      </span>
      <ClusterSwitch />
      <QuickFind />
      <span className={styles.end}>
        <Standing />
        <ThemeSwitch />
      </span>
    </header>
  );
}

const everything = 'all';

/** Which cluster the pages show; nothing to choose while there is only one. */
function ClusterSwitch() {
  const clusters = useClusters();
  const chosen = useScope((scope) => scope.cluster);
  const nameOf = (cluster: { readonly name: string; readonly simulated: boolean }): string =>
    cluster.simulated ? `${cluster.name} (simulated)` : cluster.name;
  const [only] = clusters;
  if (only === undefined) return null;
  if (clusters.length === 1) return <span className={styles.cluster}>{nameOf(only)}</span>;
  return (
    <Select<ClusterId | typeof everything>
      size="small"
      value={chosen !== undefined && clusters.some((cluster) => cluster.id === chosen) ? chosen : everything}
      onChange={({ target }) => {
        const found = clusters.find((cluster) => cluster.id === target.value);
        useScope.setState({ cluster: found?.id });
      }}
      inputProps={{ 'aria-label': 'Cluster shown' }}
      sx={{ height: 32 }}
    >
      <MenuItem value={everything}>All clusters</MenuItem>
      {clusters.map((cluster) => (
        <MenuItem key={cluster.id} value={cluster.id}>
          {nameOf(cluster)}
        </MenuItem>
      ))}
    </Select>
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
