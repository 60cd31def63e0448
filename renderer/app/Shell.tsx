import { WorldNotices } from '../features/clusters/WorldNotice.tsx';
import { useShownClusters } from '../features/inventory.ts';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { Dialogs } from './Dialogs.tsx';
import { EndedTasks } from './EndedTasks.tsx';
import { Header } from './Header.tsx';
import { Pages } from './Pages.tsx';
import { Palette } from './Palette.tsx';
import { usePreferences } from './preferences.ts';
import { Rail } from './Rail.tsx';
import { RefusedOrder } from './RefusedOrder.tsx';
import styles from './Shell.module.css';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { TaskStrip } from './TaskStrip.tsx';
import { useShortcuts } from './useShortcuts.ts';

/** Header, rail, content and task strip: the frame that every page stands in. */
export function Shell() {
  const collapsed = usePreferences((preferences) => preferences.railCollapsed);
  return (
    <div className={styles.shell} data-collapsed={collapsed}>
      <a className={styles.skip} href="#content" onClick={skipToContent}>
        Skip to the content
      </a>
      <Header />
      <SimulatedStripe />
      <Rail collapsed={collapsed} />
      <div className={styles.middle}>
        <ConnectionBanner />
        <WorldNotices />
        <main className={styles.main} id="content" tabIndex={-1}>
          <Pages />
        </main>
      </div>
      <TaskStrip />
      <Shortcuts />
      <RefusedOrder />
      <EndedTasks />
      <Dialogs />
      <Palette />
      <ShortcutsDialog />
    </div>
  );
}

/** A leaf of its own: it hears of every change there is, and nothing is drawn again for it. */
function Shortcuts() {
  useShortcuts();
  return null;
}

/** The address bar's # belongs to the views, so the link moves the focus itself. */
function skipToContent(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

/** Simulated things are never mistaken for real ones. */
function SimulatedStripe() {
  const simulated = useShownClusters().some((cluster) => cluster.simulated);
  return simulated ? <div className={styles.simulated} aria-hidden="true" /> : null;
}
