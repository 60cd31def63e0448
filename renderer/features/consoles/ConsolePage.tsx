import { type ReactNode, useEffect } from 'react';
import { Link, useParams } from 'wouter';
import { type ConsoleKind, consoleKindSchema } from '#shared/model/console.ts';
import { vmIdSchema } from '#shared/model/ids.ts';
import { useLive } from '../../transport/hooks.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Page } from '../../ui/Page.tsx';
import styles from './Console.module.css';
import { ConsoleView } from './ConsoleView.tsx';
import { consoleHref } from './consoleAddress.ts';

function useAsked() {
  const parameters = useParams<{ readonly id: string; readonly kind: string }>();
  const id = vmIdSchema.parse(decodeURIComponent(parameters.id));
  const kind = consoleKindSchema.catch('screen').parse(parameters.kind);
  return { vm: useLive((model) => model.vms.get(id)), kind };
}

/** The consoles of one VM, as a page among the others. */
export function ConsolePage() {
  const { vm, kind } = useAsked();
  if (vm === undefined) return <NoSuchVm />;
  return (
    <Page title={`Console of ${vm.name}`} fill>
      <ConsoleView
        vm={vm}
        kind={kind}
        tabs={<Tabs kind={kind} href={(other) => consoleHref(vm.id, other)} />}
        inOwnWindow={false}
      />
    </Page>
  );
}

/** The same alone, in a window of its own. */
export function ConsoleWindow() {
  const { vm, kind } = useAsked();
  const freshness = useLive((model) => model.freshness);
  const title =
    vm === undefined ? 'Console' : `${vm.name} - ${kind === 'screen' ? 'screen' : 'serial console'}`;
  useEffect(() => {
    document.title = `${title} - Drover`;
  }, [title]);
  if (vm === undefined) return freshness === 'live' ? <NoSuchVm /> : <p role="status">Asking Drover…</p>;
  return (
    <main className={styles.window}>
      <h1 className="visually-hidden">{title}</h1>
      <ConsoleView
        vm={vm}
        kind={kind}
        tabs={<Tabs kind={kind} href={(other) => consoleHref(vm.id, other, 'window')} />}
        inOwnWindow
      />
    </main>
  );
}

function Tabs({
  kind,
  href,
}: {
  readonly kind: ConsoleKind;
  readonly href: (kind: ConsoleKind) => string;
}): ReactNode {
  return (
    <nav className={styles.tabs} aria-label="Kinds of console">
      {(['screen', 'serial'] as const).map((each) => (
        <Link key={each} href={href(each)} replace aria-current={each === kind ? 'page' : undefined}>
          {each === 'screen' ? 'Screen' : 'Serial'}
        </Link>
      ))}
    </nav>
  );
}

function NoSuchVm() {
  return (
    <Page title="Console">
      <EmptyState title="No such VM">
        It may have been removed, or its host was. Look at the list of VMs.
      </EmptyState>
    </Page>
  );
}
