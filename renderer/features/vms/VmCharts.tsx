import type { Vm } from '#shared/model/vm.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { vmCharts } from '../load/charts.ts';
import { LoadDashboard } from '../load/LoadDashboard.tsx';

/** What one VM does, now and in the last day, wherever it ran. */
export function VmCharts({ vm }: { readonly vm: Vm }) {
  return (
    <Section title="Load">
      <LoadDashboard
        subject={{ kind: 'vm', id: vm.id }}
        clusterId={vm.clusterId}
        name={vm.name}
        charts={vmCharts}
        memoryMiB={vm.memoryMiB}
        isAbout={(event) => event.vmId === vm.id}
      />
    </Section>
  );
}
