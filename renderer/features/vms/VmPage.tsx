import { vmIdSchema } from '#shared/model/ids.ts';
import { useLive } from '../../transport/hooks.ts';
import { DetailPage } from '../../ui/DetailPage.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useKeptView } from '../../ui/useViewState.ts';
import { vmHref } from '../inventory.ts';
import { VmStateNow, VmVerbs } from './VmPane.tsx';
import { VmSections } from './VmSections.tsx';

const list = 'Virtual machines';

/** A VM on a page of its own; the way back leads to the list as it was, with the VM beside it. */
export function VmPage({ params }: { readonly params: { readonly id: string } }) {
  const vm = useLive((model) => model.vms.get(vmIdSchema.parse(decodeURIComponent(params.id))));
  const keptView = useKeptView();
  if (vm === undefined) {
    return (
      <DetailPage name="A VM that is not there" list={list} backHref={keptView('/vms')}>
        <EmptyState title="No VM has this address">
          It may have been undefined, or its host removed from Drover. Look for it in the list.
        </EmptyState>
      </DetailPage>
    );
  }
  return (
    <DetailPage
      name={vm.name}
      state={<VmStateNow vm={vm} />}
      list={list}
      backHref={keptView(vmHref(vm.id))}
      actions={<VmVerbs vm={vm} />}
    >
      <VmSections vm={vm} />
    </DetailPage>
  );
}
