import { app, BrowserWindow, dialog, Menu, type MenuItemConstructorOptions, shell } from 'electron';
import type { PagePreferences } from '#shared/contract/desktopShell.ts';
import { shellChannels } from '#shared/contract/shellChannels.ts';
import { type MainActionId, mainActions } from '#shared/model/mainActions.ts';
import type { LaunchOptions } from './launchOptions.ts';
import type { PreferenceStore } from './preferences.ts';

export interface MenuParts {
  readonly preferences: PreferenceStore;
  readonly launch: LaunchOptions;
  readonly openWindow: () => void;
  readonly quit: () => void;
}

/** Shows the menu and keeps its theme marks true. Every item does what it says. */
export function showMenu(parts: MenuParts): void {
  const build = () => Menu.setApplicationMenu(Menu.buildFromTemplate(template(parts)));
  build();
  parts.preferences.onPageChange(build);
}

function template({ preferences, launch, openWindow, quit }: MenuParts): MenuItemConstructorOptions[] {
  const isMac = process.platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        mainItem('add-host'),
        mainItem('add-simulated'),
        { type: 'separator' },
        { label: 'New window', accelerator: 'CmdOrCtrl+Shift+N', click: openWindow },
        { label: 'Open data folder', click: () => void openDataFolder(launch.dataFolder) },
        { type: 'separator' },
        isMac
          ? { role: 'close', label: 'Close window' }
          : { label: 'Quit Drover', accelerator: 'CmdOrCtrl+Q', click: quit },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&Go',
      submenu: [
        mainItem('find'),
        { type: 'separator' },
        mainItem('go-overview'),
        mainItem('go-hosts'),
        mainItem('go-vms'),
        mainItem('go-migrations'),
        mainItem('go-activity'),
      ],
    },
    {
      label: '&View',
      submenu: [
        { label: 'Theme', submenu: themes(preferences) },
        mainItem('toggle-rail'),
        mainItem('toggle-tasks'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        { type: 'separator' },
        { role: 'reload' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } satisfies MenuItemConstructorOptions]),
      ],
    },
    { role: 'windowMenu' },
    ...(isMac
      ? []
      : [
          {
            label: '&Help',
            submenu: [mainItem('shortcuts'), { label: 'About Drover', click: () => void showAbout(launch) }],
          } satisfies MenuItemConstructorOptions,
        ]),
  ];
}

/** One of the page's own actions, done by the page of the window in front. */
function mainItem(id: MainActionId): MenuItemConstructorOptions {
  const action: { readonly title: string; readonly shortcut?: string } = mainActions[id];
  // Single keys are the page's alone: as accelerators they would act while somebody writes.
  const accelerator =
    action.shortcut?.startsWith('Mod+') === true ? action.shortcut.replace('Mod', 'CmdOrCtrl') : undefined;
  return {
    label: action.title,
    // Only shown: the page hears the key itself.
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
    click: (_item, window) => {
      if (window instanceof BrowserWindow) window.webContents.send(shellChannels.mainAction, id);
    },
  };
}

function themes(preferences: PreferenceStore): MenuItemConstructorOptions[] {
  const names: Readonly<Record<PagePreferences['theme'], string>> = {
    system: 'As the system',
    light: 'Light',
    dark: 'Dark',
  };
  return (['system', 'light', 'dark'] as const).map((theme) => ({
    label: names[theme],
    type: 'radio',
    checked: preferences.page().theme === theme,
    click: () => void preferences.changePage({ theme }),
  }));
}

async function openDataFolder(folder: string): Promise<void> {
  const problem = await shell.openPath(folder);
  if (problem !== '') dialog.showErrorBox('The data folder was not opened', `Open ${folder}: ${problem}`);
}

async function showAbout(launch: LaunchOptions): Promise<void> {
  await dialog.showMessageBox({
    type: 'info',
    title: 'About Drover',
    message: `Drover ${app.getVersion()}`,
    detail: [
      'Virtual clusters on ordinary KVM/libvirt hosts, over SSH.',
      `Electron ${process.versions.electron}, Chromium ${process.versions.chrome}, Node ${process.versions.node}`,
      `Data folder: ${launch.dataFolder}`,
    ].join('\n'),
    buttons: ['Close'],
  });
}
