import Button from '@mui/material/Button';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import { useClient, useLive, useSession } from '../../transport/hooks.ts';
import { ActionMenuButton } from '../../ui/ActionMenu.tsx';
import { formatAgo, formatCount, formatNumber } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { ProgressBar } from '../../ui/ProgressBar.tsx';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip, StateShape } from '../../ui/StateChip.tsx';
import { taskState } from '../../ui/states.ts';
import { useInView } from '../../ui/useInView.ts';
import { useNow } from '../../ui/useNow.ts';
import { ClusterDashboard } from '../clusters/ClusterDashboard.tsx';
import { ClusterName } from '../clusters/ClusterName.tsx';
import { clusterMenu } from '../clusters/clusterMenu.ts';
import { giveFault } from '../clusters/faults.ts';
import { MoveSuggestion } from '../clusters/MoveSuggestion.tsx';
import { SimulationLine, SimulationStory } from '../clusters/SimulationLine.tsx';
import { suggestMove } from '../clusters/suggestMove.ts';
import { openDialog } from '../dialogs.ts';
import {
  hostHref,
  migrationHref,
  taskHref,
  useHosts,
  useShownClusters,
  useTasks,
  useVms,
  vmHref,
} from '../inventory.ts';
import { orderVm } from '../vms/vmOrders.ts';
import { type AttentionItem, attentionItems } from './attention.ts';
import { Headroom } from './Headroom.tsx';
import { HostCard } from './HostCard.tsx';
import { HostMap } from './HostMap.tsx';
import { HostTile } from './HostTile.tsx';
import styles from './OverviewPage.module.css';
import { RecentEvents } from './RecentEvents.tsx';

const recentCount = 6;
/** Of more hosts than these each gets a tile: charts of their own would be more than anybody looks at. */
const mostCards = 6;
/** And of more than these each is a cell of a map. */
const mostTiles = 120;
/** A rack without power is one thing to know, not twenty to scroll past. */
const mostFaults = 12;

/** Is anything wrong, where, and what can be done; then how full the hosts are and what goes on. */
export function OverviewPage() {
  const now = useNow(5000);
  const { samples } = useSession();
  const hosts = useHosts();
  const vms = useVms();
  const tasks = useTasks();
  const clusters = useLive((model) => model.clusters);
  const shown = useShownClusters();
  const cluster = shown.length === 1 ? shown[0] : undefined;
  const items = attentionItems(hosts, vms, tasks, now, clusters, (host) => samples.host(host.id));
  const lost = shown.filter(
    ({ simulation }) => simulation !== undefined && simulation.standing !== 'running',
  );
  const move = suggestMove(cluster, hosts, vms, tasks);
  const counts = new Map<HostId, number>();
  for (const { hostId } of vms) counts.set(hostId, (counts.get(hostId) ?? 0) + 1);
  const running = tasks.filter((task) => !hasEnded(task.state) && task.state !== 'undecided');
  const ended = tasks.filter((task) => hasEnded(task.state)).slice(0, recentCount);
  return (
    <Page
      title="Overview"
      actions={
        cluster && (
          <>
            {cluster.simulated ? <SimulationLine cluster={cluster} /> : <ClusterName cluster={cluster} />}
            <ActionMenuButton menu={clusterMenu(cluster)} />
          </>
        )
      }
    >
      {cluster !== undefined && <SimulationStory cluster={cluster} />}
      {move !== undefined && <MoveSuggestion move={move} />}
      <section aria-labelledby="attention" className={styles.section}>
        <h2 id="attention">Needs attention</h2>
        {items.length === 0 && lost.length > 0 ? (
          <p className={styles.quiet}>
            Nothing is known of {lost.map((each) => each.name).join(' and ')} until its simulation runs again.
          </p>
        ) : items.length === 0 ? (
          <AllWell hosts={hosts} vms={vms.filter((vm) => vm.state === 'active').length} />
        ) : (
          <Attention items={items} />
        )}
      </section>
      <section aria-labelledby="headroom" className={styles.section}>
        <h2 id="headroom">Headroom</h2>
        <Headroom clusters={shown} />
      </section>
      <section aria-labelledby="hosts" className={styles.section}>
        <h2 id="hosts">Hosts</h2>
        {hosts.length > mostTiles ? (
          <HostMap hosts={hosts} counts={counts} />
        ) : hosts.length > mostCards ? (
          <ul className={styles.tiles}>
            {hosts.map((host) => (
              <HostTile key={host.id} host={host} vms={counts.get(host.id) ?? 0} />
            ))}
          </ul>
        ) : (
          <ul className={styles.hosts}>
            {hosts.map((host) => (
              <HostCard key={host.id} host={host} vms={vms.filter((vm) => vm.hostId === host.id)} />
            ))}
          </ul>
        )}
      </section>
      <div className={styles.columns}>
        <section aria-labelledby="running" className={styles.section}>
          <h2 id="running">Running now</h2>
          <TaskList tasks={running} now={now} empty="No task is running." />
          <h2>What happened</h2>
          <RecentEvents now={now} />
        </section>
        <section aria-labelledby="ended" className={styles.section}>
          <h2 id="ended">Ended lately</h2>
          <TaskList tasks={ended} now={now} empty="Nothing has been asked of Drover yet." />
        </section>
      </div>
      {cluster !== undefined && hosts.length > 1 && (
        <section aria-labelledby="together" className={styles.section}>
          <h2 id="together">All hosts together</h2>
          <Together cluster={cluster} />
        </section>
      )}
    </Page>
  );
}

/** Below all else, and the dearest to draw: nothing of it before it is come to. */
function Together({ cluster }: { readonly cluster: PhysicalCluster }) {
  const [place, inView] = useInView<HTMLDivElement>();
  return (
    <div ref={place} className={styles.card} data-unseen={!inView}>
      {inView && <ClusterDashboard cluster={cluster} />}
    </div>
  );
}

/** All is well only as far as hosts have answered: what was known of the others is old. */
function AllWell({ hosts, vms }: { readonly hosts: readonly Host[]; readonly vms: number }) {
  const silent = hosts.filter((host) => host.connection.state !== 'connected' && !host.declaredDead).length;
  return (
    <p className={styles.well}>
      <StateShape shape={silent === 0 ? 'done' : 'unknown'} />
      {silent === 0
        ? `Nothing is wrong: ${formatCount(hosts.length, 'host')} and ${formatCount(vms, 'active VM')}.`
        : `Nothing is known to be wrong: ${silent} of ${formatCount(hosts.length, 'host')} ${silent === 1 ? 'has' : 'have'} not answered yet.`}
    </p>
  );
}

function Attention({ items }: { readonly items: readonly AttentionItem[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? items : items.slice(0, mostFaults);
  return (
    <ul className={styles.attention}>
      {shown.map((item) => (
        <li key={item.key}>
          <StateShape shape={item.shape} />
          <div className={styles.fault}>
            <strong>{item.what}</strong>
            <p>{item.why}</p>
          </div>
          <Verb item={item} />
        </li>
      ))}
      {items.length > shown.length && (
        <li>
          <StateShape shape="attention" />
          <strong>and {formatNumber(items.length - shown.length)} more</strong>
          <Button variant="outlined" onClick={() => setIsWhole(true)}>
            Show all {formatNumber(items.length)}
          </Button>
        </li>
      )}
    </ul>
  );
}

function Verb({ item }: { readonly item: AttentionItem }) {
  const client = useClient();
  const [, navigate] = useLocation();
  const { verb } = item;
  switch (verb.kind) {
    case 'reconnect':
      return (
        <Button
          variant="outlined"
          onClick={() => openDialog({ kind: 'reconnect-host', hostId: verb.host.id })}
        >
          Reconnect {verb.host.name}…
        </Button>
      );
    case 'mend':
      return (
        <Button variant="outlined" onClick={() => giveFault(client, verb.simulated, verb.fault)}>
          {verb.words}
        </Button>
      );
    case 'open-host':
      return (
        <Button variant="outlined" onClick={() => navigate(hostHref(verb.host.id))}>
          Look at {verb.host.name}
        </Button>
      );
    case 'order-vm':
      return (
        <Button variant="outlined" onClick={() => void orderVm(client, verb.vm.id, { verb: verb.order })}>
          {verb.order === 'start' ? 'Start' : 'Resume'} {verb.vm.name}
        </Button>
      );
    case 'open-vm':
      return (
        <Button variant="outlined" onClick={() => navigate(vmHref(verb.vm.id))}>
          Look at {verb.vm.name}
        </Button>
      );
    case 'open-task':
      return (
        <Button variant="outlined" onClick={() => navigate(taskHref(verb.task))}>
          {verb.task.state === 'undecided' ? 'Resolve it' : 'See why'}
        </Button>
      );
    default:
      return verb satisfies never;
  }
}

function TaskList({
  tasks,
  now,
  empty,
}: {
  readonly tasks: readonly Task[];
  readonly now: number;
  readonly empty: string;
}) {
  if (tasks.length === 0) return <p className={styles.quiet}>{empty}</p>;
  return (
    <ul className={styles.tasks}>
      {tasks.map((task) => {
        const { shape, word } = taskState(task);
        const open = !hasEnded(task.state);
        return (
          <li key={task.id}>
            <StateChip shape={shape} word={word} />
            <Link href={task.kind === 'migration' ? migrationHref(task.id) : taskHref(task)}>
              {task.title}
            </Link>
            {open ? (
              <ProgressBar share={task.progress?.share} label={`Progress of ${task.title}`} />
            ) : (
              <Quantity className={styles.ago} value={formatAgo(task.finishedAt ?? task.createdAt, now)} />
            )}
            <p className={styles.detail}>
              {open ? task.progress?.detail : (task.outcome ?? task.error?.message)}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
