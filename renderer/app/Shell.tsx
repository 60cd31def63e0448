import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import Select from '@mui/material/Select';
import { useColorScheme } from '@mui/material/styles';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { hasEnded } from '#shared/model/task.ts';
import { openDialog } from '../features/dialogs.ts';
import { HostsPage } from '../features/hosts/HostsPage.tsx';
import { useHosts, useTasks } from '../features/inventory.ts';
import { MigrationsPage } from '../features/migrations/MigrationsPage.tsx';
import { ActivityPage } from '../features/tasks/ActivityPage.tsx';
import { VmsPage } from '../features/vms/VmsPage.tsx';
import { useConnection, useLive, useSession } from '../transport/hooks.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Dialogs } from './Dialogs.tsx';
import styles from './Shell.module.css';

const places = [
  { href: '/hosts', name: 'Hosts' },
  { href: '/vms', name: 'Virtual machines' },
  { href: '/migrations', name: 'Migrations' },
  { href: '/activity', name: 'Activity' },
] as const;

/** Header, rail, content and task strip: the frame that every page stands in. */
export function Shell() {
  const [path] = useLocation();
  return (
    <div className={styles.shell}>
      <header className={styles.header}>
        <span className={styles.brand}>Drover</span>
        <ConnectionState />
        <ThemeSwitch />
      </header>
      <nav className={styles.rail} aria-label="Pages">
        {places.map(({ href, name }) => (
          <Link key={href} href={href} aria-current={path.startsWith(href) ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <main className={styles.main}>
        <Pages />
      </main>
      <TaskStrip />
      <Dialogs />
    </div>
  );
}

function Pages() {
  const connection = useConnection();
  const freshness = useLive((model) => model.freshness);
  const hosts = useHosts();
  const { retryNow } = useSession();
  if (connection.state === 'failed') {
    return (
      <div className={styles.notice}>
        <ErrorNotice error={connection.error}>
          <Button variant="outlined" onClick={retryNow}>
            Try again
          </Button>
        </ErrorNotice>
      </div>
    );
  }
  if (freshness === 'live' && hosts.length === 0) return <FirstRun />;
  return (
    <Switch>
      <Route path="/hosts/:id?" component={HostsPage} />
      <Route path="/vms/:id?" component={VmsPage} />
      <Route path="/migrations/:id?" component={MigrationsPage} />
      <Route path="/activity/:id?" component={ActivityPage} />
      <Route>
        <Redirect to="/hosts" replace />
      </Route>
    </Switch>
  );
}

function FirstRun() {
  return (
    <div className={styles.notice}>
      <EmptyState
        title="Welcome to Drover"
        action={
          <Button variant="contained" onClick={() => openDialog({ kind: 'add-host' })}>
            Add a host
          </Button>
        }
      >
        Drover manages virtual machines across ordinary KVM/libvirt servers, over SSH, with nothing installed
        on them. Add the first server to see its machines; with a second one they can be moved between the two
        while they run.
      </EmptyState>
    </div>
  );
}

function ConnectionState() {
  const connection = useConnection();
  switch (connection.state) {
    case 'open':
      return <output className={styles.connection} />;
    case 'starting':
      return <output className={styles.connection}>{connection.detail}…</output>;
    case 'lost':
      return (
        <output className={styles.connection}>
          Not connected: {connection.why}. What is shown is the last that was known; Drover tries again by
          itself.
        </output>
      );
    case 'failed':
      return <output className={styles.connection}>Drover cannot go on by itself</output>;
    default:
      return connection satisfies never;
  }
}

function ThemeSwitch() {
  const { mode, setMode } = useColorScheme();
  return (
    <Select
      size="small"
      variant="standard"
      disableUnderline
      value={mode ?? 'system'}
      onChange={({ target }) => {
        const theme = target.value;
        setMode(theme);
        void window.drover?.preferences.set({ theme });
      }}
      inputProps={{ 'aria-label': 'Theme' }}
    >
      <MenuItem value="system">System theme</MenuItem>
      <MenuItem value="light">Light</MenuItem>
      <MenuItem value="dark">Dark</MenuItem>
    </Select>
  );
}

function TaskStrip() {
  const tasks = useTasks();
  const running = tasks.filter((task) => !hasEnded(task.state));
  const [latest] = running.length > 0 ? running : tasks;
  return (
    <footer className={styles.strip}>
      {latest === undefined ? (
        <span>Nothing has been asked of Drover yet</span>
      ) : (
        <Link href={`/activity/${encodeURIComponent(latest.id)}`}>
          {running.length > 1 ? `${running.length} tasks run. ` : ''}
          {latest.title}: {hasEnded(latest.state) ? latest.state : (latest.progress?.detail ?? latest.state)}
        </Link>
      )}
    </footer>
  );
}
