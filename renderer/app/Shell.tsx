import { useScope } from '../features/inventory.ts';
import { useLive } from '../transport/hooks.ts';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { Dialogs } from './Dialogs.tsx';
import { Header } from './Header.tsx';
import { Pages } from './Pages.tsx';
import { usePreferences } from './preferences.ts';
import { Rail } from './Rail.tsx';
import styles from './Shell.module.css';
import { TaskStrip } from './TaskStrip.tsx';

/** Header, rail, content and task strip: the frame that every page stands in. */
export function Shell() {
  const collapsed = usePreferences((preferences) => preferences.railCollapsed);
  return (
    <div className={styles.shell} data-collapsed={collapsed}>
      <a className={styles.skip} href="#content" onClick={skipToContent}>
        Skip to the content
      </a>
      <Header />
      <Rail collapsed={collapsed} />
      <div className={styles.middle}>
        <SimulatedStripe />
        <ConnectionBanner />
        <main className={styles.main} id="content" tabIndex={-1}>
          <Pages />
        </main>
      </div>
      <TaskStrip />
      <Dialogs />
    </div>
  );
}

/** The address bar's # belongs to the views, so the link moves the focus itself. */
function skipToContent(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

/** Simulated things are never mistaken for real ones. */
function SimulatedStripe() {
  const cluster = useScope((scope) => scope.cluster);
  const simulated = useLive((model) =>
    [...model.clusters.values()].some(
      (each) => each.simulated && (cluster === undefined || cluster === each.id),
    ),
  );
  return simulated ? <div className={styles.simulated} aria-hidden="true" /> : null;
}
