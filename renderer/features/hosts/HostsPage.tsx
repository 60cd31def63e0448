import AddOutlined from '@mui/icons-material/AddOutlined';
import Button from '@mui/material/Button';
import { useCallback, useMemo } from 'react';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import { useLive } from '../../transport/hooks.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { ShownState } from '../../ui/states.ts';
import { BulkTablePage } from '../bulk/BulkTablePage.tsx';
import { shownHostState, simulatedOf } from '../clusters/simulatedHosts.ts';
import { openDialog } from '../dialogs.ts';
import { hostHref, useHosts, useVms } from '../inventory.ts';
import { HostPane } from './HostPane.tsx';
import { useHostBulkVerbs } from './hostBulk.tsx';
import { useHostColumns } from './hostColumns.tsx';
import { useHostLanguage, type VmCounts } from './hostFilter.ts';
import { useHostMenu } from './useHostMenu.ts';

const hrefOf = (host: Host): string => hostHref(host.id);

export function HostsPage() {
  const stateOf = useHostState();
  const counts = useVmCounts();
  return (
    <BulkTablePage
      title="Hosts"
      noun="host"
      path="/hosts"
      rows={useHosts()}
      language={useHostLanguage(stateOf, counts)}
      hint="Filter: a word, or state:unreachable cpu:>80"
      columns={useHostColumns(stateOf, counts)}
      hrefOf={hrefOf}
      menuOf={useHostMenu()}
      verbs={useHostBulkVerbs(counts)}
      actions={<AddingActions />}
      pane={(host, close) => <HostPane host={host} onClose={close} />}
      none={
        <EmptyState title="No host yet">
          Hosts you add appear here with their load and their VMs. A host is any Linux machine that runs
          libvirt and that you can reach over SSH.
        </EmptyState>
      }
    />
  );
}

function AddingActions() {
  return (
    <>
      <Button variant="outlined" onClick={() => openDialog({ kind: 'add-simulated' })}>
        Add a simulated cluster
      </Button>
      <Button
        variant="contained"
        startIcon={<AddOutlined />}
        onClick={() => openDialog({ kind: 'add-host' })}
      >
        Add host
      </Button>
    </>
  );
}

function useHostState(): (host: Host) => ShownState {
  const clusters = useLive((model) => model.clusters);
  return useCallback((host) => shownHostState(host, simulatedOf(host, clusters)), [clusters]);
}

function useVmCounts(): VmCounts {
  const vms = useVms();
  return useMemo(() => {
    const counts = new Map<HostId, number>();
    for (const { hostId } of vms) counts.set(hostId, (counts.get(hostId) ?? 0) + 1);
    return counts;
  }, [vms]);
}
