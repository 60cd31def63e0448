import type { Vm } from '#shared/model/vm.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { BulkTablePage } from '../bulk/BulkTablePage.tsx';
import { useVms, vmHref } from '../inventory.ts';
import { useShownVmState } from './useShownVmState.ts';
import { useVmMenu } from './useVmMenu.ts';
import { VmPane } from './VmPane.tsx';
import { VmRefusals } from './VmRefusals.tsx';
import { useVmBulkVerbs } from './vmBulk.tsx';
import { useVmColumns } from './vmColumns.tsx';
import { useVmLanguage } from './vmFilter.ts';

const hrefOf = (vm: Vm): string => vmHref(vm.id);

export function VmsPage() {
  const vms = useVms();
  const stateOf = useShownVmState();
  return (
    <BulkTablePage
      title="Virtual machines"
      noun="VM"
      path="/vms"
      rows={vms}
      language={useVmLanguage(stateOf)}
      hint="Filter: a word, or state:paused host:a* cpu:>80"
      columns={useVmColumns(stateOf)}
      hrefOf={hrefOf}
      menuOf={useVmMenu()}
      verbs={useVmBulkVerbs()}
      notice={(openId) => <VmRefusals vms={vms} openId={openId} />}
      pane={(vm, close) => <VmPane key={vm.id} vm={vm} onClose={close} />}
      none={
        <EmptyState title="No VM yet">
          None of the hosts that answer defines a VM. Any that is defined there appears here by itself.
        </EmptyState>
      }
    />
  );
}
