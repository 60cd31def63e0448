import { Redirect, Route, Switch } from 'wouter';
import { ConsolePage } from '../features/consoles/ConsolePage.tsx';
import { HostPage } from '../features/hosts/HostPage.tsx';
import { HostsPage } from '../features/hosts/HostsPage.tsx';
import { useHosts } from '../features/inventory.ts';
import { MigrationPage } from '../features/migrations/MigrationPage.tsx';
import { MigrationsPage } from '../features/migrations/MigrationsPage.tsx';
import { OverviewPage } from '../features/overview/OverviewPage.tsx';
import { ActivityPage } from '../features/tasks/ActivityPage.tsx';
import { VmPage } from '../features/vms/VmPage.tsx';
import { VmsPage } from '../features/vms/VmsPage.tsx';
import { useConnection, useLive } from '../transport/hooks.ts';
import { FirstRun } from './FirstRun.tsx';
import { Starting } from './Starting.tsx';
import { useStartMark } from './startMark.ts';

export function Pages() {
  const connection = useConnection();
  const freshness = useLive((model) => model.freshness);
  const hosts = useHosts();
  const tasks = useLive((model) => model.tasks);
  useStartMark('inventoryShown', freshness !== 'none');
  useStartMark(
    'hostsAnswered',
    hosts.length > 0 &&
      hosts.every(
        ({ connection, lastSeenAt }) => connection.state === 'connected' && lastSeenAt !== undefined,
      ),
  );
  if (freshness === 'none') return <Starting connection={connection} />;
  // Tasks outlive the hosts they were about, so they can still be read when the last host is gone.
  if (hosts.length === 0 && tasks.size === 0) return <FirstRun />;
  return (
    <Switch>
      <Route path="/overview">{hosts.length === 0 ? <FirstRun /> : <OverviewPage />}</Route>
      <Route path="/hosts/:id/page" component={HostPage} />
      <Route path="/hosts/:id?" component={HostsPage} />
      <Route path="/vms/:id/page" component={VmPage} />
      <Route path="/vms/:id/console/:kind" component={ConsolePage} />
      <Route path="/vms/:id?" component={VmsPage} />
      <Route path="/migrations" component={MigrationsPage} />
      <Route path="/migrations/:id" component={MigrationPage} />
      <Route path="/activity/:id?" component={ActivityPage} />
      <Route>
        <Redirect to="/overview" replace />
      </Route>
    </Switch>
  );
}
