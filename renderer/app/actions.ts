import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { type MainActionId, mainActions } from '#shared/model/mainActions.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { clusterMenu } from '../features/clusters/clusterMenu.ts';
import { openDialog } from '../features/dialogs.ts';
import { useHostMenu } from '../features/hosts/useHostMenu.ts';
import { useShownCluster } from '../features/inventory.ts';
import { useTaskMenu } from '../features/tasks/useTaskMenu.ts';
import { useVmMenu } from '../features/vms/useVmMenu.ts';
import { useLive } from '../transport/hooks.ts';
import type { MenuAction, ObjectMenu } from '../ui/ActionMenu.tsx';
import { showInFrame, useFrame } from './frame.ts';
import { pages } from './pages.ts';
import { setPreferences, usePreferences } from './preferences.ts';

/** An action as every list of actions shows it: menus by its words, palette and shortcuts by its whole title. */
export interface Action extends MenuAction {
  /** The same at every start, so that what was used lately can be remembered. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
}

/** Out of an object's menu, each action named in full. */
export function actionsOf(menu: ObjectMenu): readonly Action[] {
  return menu.groups.flatMap((group) =>
    group.actions.map((action) => ({
      ...action,
      id: `${menu.name} ${group.key} ${action.key}`,
      title: action.title ?? titleOf(action.words, menu.name),
      group: group.title ?? '',
    })),
  );
}

function titleOf(words: string, name: string): string {
  return words.includes(name) ? words : `${words}: ${name}`;
}

/** What the page is about: the host, VM or task that its address names, else the one cluster that is shown. */
export function useThing(): ObjectMenu | undefined {
  const [path] = useLocation();
  const [, list = '', encoded = ''] = path.split('/');
  const id = decoded(encoded);
  const host = useLive((model) =>
    list === 'hosts' ? [...model.hosts.values()].find((each) => each.id === id) : undefined,
  );
  const vm = useLive((model) =>
    list === 'vms' ? [...model.vms.values()].find((each) => each.id === id) : undefined,
  );
  const task = useLive((model) =>
    list === 'activity' || list === 'migrations'
      ? [...model.tasks.values()].find((each) => each.id === id)
      : undefined,
  );
  const cluster = useShownCluster();
  const [ofHost, ofVm, ofTask] = [useHostMenu(), useVmMenu(), useTaskMenu()];
  if (host !== undefined) return ofHost(host);
  if (vm !== undefined) return ofVm(vm);
  if (task !== undefined) return ofTask(task);
  return cluster && clusterMenu(cluster);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** What the frame itself can do, wherever one is. */
export function useFrameActions(): readonly Action[] {
  const [path, navigate] = useLocation();
  const theme = usePreferences((preferences) => preferences.theme);
  const railCollapsed = usePreferences((preferences) => preferences.railCollapsed);
  return useMemo(() => {
    const main = (id: MainActionId, group: string, run: () => void, verdict = allowed): Action => ({
      ...mainActions[id],
      id,
      key: id,
      words: mainActions[id].title,
      group,
      verdict,
      run,
    });
    const themes = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;
    return [
      ...pages.map(({ action, href }) =>
        main(
          action,
          'Go to',
          () => navigate(href),
          path === href ? refused('This is the page that is shown.') : allowed,
        ),
      ),
      main('add-simulated', 'Add', () => openDialog({ kind: 'add-simulated' })),
      main('add-host', 'Add', () => openDialog({ kind: 'add-host' })),
      main('find', 'Window', () => showInFrame({ palette: true })),
      main('toggle-tasks', 'Window', () => showInFrame({ taskPanel: !useFrame.getState().taskPanel })),
      main('toggle-rail', 'Window', () => setPreferences({ railCollapsed: !railCollapsed })),
      main('shortcuts', 'Window', () => showInFrame({ shortcuts: true })),
      ...(['system', 'light', 'dark'] as const).map(
        (each): Action => ({
          id: `theme-${each}`,
          key: each,
          words: themes[each],
          title: `Theme: ${themes[each].toLowerCase()}`,
          group: 'Window',
          verdict: each === theme ? refused('This theme is in use.') : allowed,
          run: () => setPreferences({ theme: each }),
        }),
      ),
    ];
  }, [path, navigate, theme, railCollapsed]);
}
