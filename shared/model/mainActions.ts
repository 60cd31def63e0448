/**
 * What the console's page and the application menu of the desktop both offer: one name, one title, one key. What each
 * does is the page's to know.
 */
export const mainActions = {
  find: { title: 'Find and do…', shortcut: 'Mod+K' },
  'add-host': { title: 'Add a host…' },
  'add-simulated': { title: 'Add a simulated cluster…' },
  'go-overview': { title: 'Overview', shortcut: 'G O' },
  'go-hosts': { title: 'Hosts', shortcut: 'G H' },
  'go-vms': { title: 'Virtual machines', shortcut: 'G V' },
  'go-migrations': { title: 'Migrations', shortcut: 'G M' },
  'go-activity': { title: 'Activity', shortcut: 'G A' },
  'toggle-rail': { title: 'Show or hide the names of the pages', shortcut: '[' },
  'toggle-tasks': { title: 'Show or hide the latest tasks', shortcut: 'T' },
  shortcuts: { title: 'Keyboard shortcuts', shortcut: '?' },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly shortcut?: string }>>;

export type MainActionId = keyof typeof mainActions;
