import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { builtInScenarios } from '#shared/model/simulation.ts';
import type { Verdict } from '#shared/rules/verdict.ts';
import { clusterMenu } from '../features/clusters/clusterMenu.ts';
import { sizeOf } from '../features/clusters/scenarios/ScenarioDetail.tsx';
import { openDialog } from '../features/dialogs.ts';
import { useHostMenu } from '../features/hosts/useHostMenu.ts';
import {
  clusterLabel,
  hostHref,
  migrationHref,
  taskHref,
  useClusters,
  useHosts,
  useScope,
  useTasks,
  useVms,
  vmHref,
} from '../features/inventory.ts';
import { useTaskMenu } from '../features/tasks/useTaskMenu.ts';
import { useShownVmState } from '../features/vms/useShownVmState.ts';
import { useVmMenu } from '../features/vms/useVmMenu.ts';
import { useLive } from '../transport/hooks.ts';
import type { ObjectMenu } from '../ui/ActionMenu.tsx';
import { hostState, taskState } from '../ui/states.ts';
import { type Action, actionsOf, useFrameActions, useThing } from './actions.ts';

export const paletteKinds = {
  page: 'Pages',
  host: 'Hosts',
  vm: 'VMs',
  cluster: 'Clusters',
  task: 'Tasks',
  action: 'Actions',
} as const;
export type PaletteKind = keyof typeof paletteKinds;

/** One line of the palette. */
export interface PaletteItem {
  /** The same at every start. */
  readonly id: string;
  readonly kind: PaletteKind;
  readonly title: string;
  /** What it is and how it stands. */
  readonly detail: string;
  readonly shortcut?: string | undefined;
  readonly verdict?: Verdict | undefined;
  readonly destructive?: boolean | undefined;
  readonly run: () => void;
  /** What can be done with it. */
  readonly menu?: () => ObjectMenu;
}

export function actionItem(action: Action): PaletteItem {
  return {
    id: action.id,
    kind: action.id.startsWith('go-') ? 'page' : 'action',
    title: action.title,
    detail: action.group,
    shortcut: action.shortcut,
    verdict: action.verdict,
    destructive: action.destructive,
    run: action.run,
  };
}

/** Everything that can be gone to or done from here: the actions of what is on the page first. */
export function usePaletteItems(): readonly PaletteItem[] {
  const [, navigate] = useLocation();
  const frame = useFrameActions();
  const thing = useThing();
  const [hosts, vms, clusters, tasks] = [useHosts(), useVms(), useClusters(), useTasks()];
  const allHosts = useLive((model) => model.hosts);
  const stateOf = useShownVmState();
  const [ofHost, ofVm, ofTask] = [useHostMenu(), useVmMenu(), useTaskMenu()];
  const things: readonly PaletteItem[] = [
    ...hosts.map(
      (host): PaletteItem => ({
        id: host.id,
        kind: 'host',
        title: host.name,
        detail: `host, ${hostState(host).word.toLowerCase()}`,
        run: () => navigate(hostHref(host.id)),
        menu: () => ofHost(host),
      }),
    ),
    ...vms.map(
      (vm): PaletteItem => ({
        id: vm.id,
        kind: 'vm',
        title: vm.name,
        // With its host: a name may fit two.
        detail: `VM on ${allHosts.get(vm.hostId)?.name ?? 'a removed host'}, ${stateOf(vm).word.toLowerCase()}`,
        run: () => navigate(vmHref(vm.id)),
        menu: () => ofVm(vm),
      }),
    ),
    ...clusters.map(
      (cluster): PaletteItem => ({
        id: cluster.id,
        kind: 'cluster',
        title: clusterLabel(cluster),
        detail: 'cluster',
        run() {
          useScope.setState({ cluster: clusters.length === 1 ? undefined : cluster.id });
          navigate('/overview');
        },
        menu: () => clusterMenu(cluster),
      }),
    ),
    ...tasks.map(
      (task): PaletteItem => ({
        id: task.id,
        kind: 'task',
        title: task.title,
        detail: `task, ${taskState(task).word.toLowerCase()}`,
        run: () => navigate(task.kind === 'migration' ? migrationHref(task.id) : taskHref(task)),
        menu: () => ofTask(task),
      }),
    ),
  ];
  const own = useMemo(() => (thing === undefined ? [] : actionsOf(thing).map(actionItem)), [thing]);
  return [
    ...own,
    ...frame.filter((action) => action.id !== 'find').map(actionItem),
    ...scenarioItems,
    ...things,
  ];
}

/** Each story by its name, ready to be started. */
const scenarioItems = builtInScenarios.map(
  (scenario): PaletteItem => ({
    id: `add-simulated ${scenario.name}`,
    kind: 'action',
    title: `Simulate ${scenario.title}…`,
    detail: `simulated cluster, ${sizeOf(scenario)}`,
    run: () => openDialog({ kind: 'add-simulated', scenario: scenario.name }),
  }),
);

const mostShown = 60;

/**
 * Those that fit, best first: every word must be in the title or the detail. Where nothing was written: what was used
 * lately, then what can be done here, then the rest as it comes.
 */
export function findItems(
  items: readonly PaletteItem[],
  text: string,
  kind: PaletteKind | undefined,
  recent: readonly string[],
): readonly PaletteItem[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return items
    .flatMap((item, place) => {
      if (kind !== undefined && item.kind !== kind) return [];
      const fit = fitOf(item, words);
      if (fit === undefined) return [];
      const lately = recent.indexOf(item.id);
      const rank = words.length === 0 ? firstRank(item) : laterRank(item);
      return [{ item, fit: fit + rank + (lately < 0 ? 0 : words.length === 0 ? 1000 - lately : 0.5), place }];
    })
    .toSorted((one, other) => other.fit - one.fit || one.place - other.place)
    .slice(0, mostShown)
    .map(({ item }) => item);
}

const isRefused = ({ verdict }: PaletteItem): boolean => verdict?.allowed === false;

/** Before anything is written: what can be done, what cannot and why, then what there is. */
function firstRank(item: PaletteItem): number {
  if (item.menu !== undefined) return 0;
  return isRefused(item) ? 1 : 2;
}

/** Where names fit as well: the thing itself before what is done with it, and last what would harm it or cannot be. */
function laterRank(item: PaletteItem): number {
  return (
    (item.kind === 'action' ? 0 : 0.9) - (item.destructive === true ? 1.5 : 0) - (isRefused(item) ? 2 : 0)
  );
}

/** Higher is better; undefined where a word is not in it at all. */
function fitOf({ title, detail }: PaletteItem, words: readonly string[]): number | undefined {
  const name = title.toLowerCase();
  let fit = 0;
  for (const word of words) {
    const at = name.indexOf(word);
    if (name === word) fit += 8;
    else if (at === 0) fit += 4;
    else if (at > 0) fit += /[\s\-_.:(]/.test(name[at - 1] ?? '') ? 3 : 2;
    else if (detail.toLowerCase().includes(word)) fit += 1;
    else return undefined;
  }
  return fit;
}
