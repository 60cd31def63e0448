import { hostIdSchema } from '#shared/model/ids.ts';
import { useLive } from '../../transport/hooks.ts';
import { DetailPage } from '../../ui/DetailPage.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useKeptView } from '../../ui/useViewState.ts';
import { hostHref } from '../inventory.ts';
import { HostSections, HostStateNow, HostVerbs } from './HostPane.tsx';

/** A host on a page of its own; the way back leads to the list as it was, with the host beside it. */
export function HostPage({ params }: { readonly params: { readonly id: string } }) {
  const host = useLive((model) => model.hosts.get(hostIdSchema.parse(decodeURIComponent(params.id))));
  const keptView = useKeptView();
  if (host === undefined) {
    return (
      <DetailPage name="A host that is not there" list="Hosts" backHref={keptView('/hosts')}>
        <EmptyState title="No host has this address">
          It may have been removed from Drover. Look for it in the list.
        </EmptyState>
      </DetailPage>
    );
  }
  return (
    <DetailPage
      name={host.name}
      state={<HostStateNow host={host} />}
      list="Hosts"
      backHref={keptView(hostHref(host.id))}
      actions={<HostVerbs host={host} />}
    >
      <HostSections host={host} />
    </DetailPage>
  );
}
