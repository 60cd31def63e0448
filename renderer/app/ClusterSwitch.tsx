import UnfoldMoreOutlined from '@mui/icons-material/UnfoldMoreOutlined';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import type { ClusterId } from '#shared/model/ids.ts';
import { ClusterName } from '../features/clusters/ClusterName.tsx';
import { clusterLabel, useClusters, useScope, useShownCluster } from '../features/inventory.ts';
import { regionNamed } from '../ui/ActionMenu.tsx';
import { useFrameActions } from './actions.ts';

/** Which cluster the pages show, and the way to one more. */
export function ClusterSwitch() {
  const clusters = useClusters();
  const shown = useShownCluster();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const choose = (cluster: ClusterId | undefined): void => {
    useScope.setState({ cluster });
    setAnchor(null);
  };
  const ways = useFrameActions().filter((action) => action.group === 'Add');
  if (clusters.length === 0) return null;
  return (
    <>
      <Button
        variant="outlined"
        color="inherit"
        endIcon={<UnfoldMoreOutlined />}
        aria-label={`Cluster shown: ${shown === undefined ? 'all' : clusterLabel(shown)}`}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ height: 32, maxWidth: 260, flex: 'none', borderColor: 'var(--line-strong)' }}
      >
        {shown === undefined ? 'All clusters' : <ClusterName cluster={shown} />}
      </Button>
      <Menu
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        slotProps={{ paper: regionNamed('Cluster shown'), list: { 'aria-label': 'Cluster shown' } }}
      >
        {clusters.length > 1 && (
          <MenuItem
            role="menuitemradio"
            aria-checked={shown === undefined}
            selected={shown === undefined}
            onClick={() => choose(undefined)}
          >
            All clusters
          </MenuItem>
        )}
        {clusters.map((cluster) => (
          <MenuItem
            key={cluster.id}
            role="menuitemradio"
            aria-checked={cluster.id === shown?.id}
            selected={cluster.id === shown?.id}
            onClick={() => choose(clusters.length === 1 ? undefined : cluster.id)}
          >
            <ClusterName cluster={cluster} />
          </MenuItem>
        ))}
        <Divider component="li" />
        {ways.map((action) => (
          <MenuItem
            key={action.id}
            onClick={() => {
              setAnchor(null);
              action.run();
            }}
          >
            {action.words}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
