import { contextBridge, ipcRenderer } from 'electron';
import type { BackendState, DesktopShell, PagePreferences } from '#shared/contract/desktopShell.ts';
import { shellChannels } from '#shared/contract/shellChannels.ts';
import type { MainActionId } from '#shared/model/mainActions.ts';

interface Hello {
  readonly version: string;
  readonly preferences: PagePreferences;
}

// Null when main does not trust this page; then it gets nothing at all.
const hello: Hello | null = ipcRenderer.sendSync(shellChannels.hello);
if (hello !== null) {
  handPortsOver();
  contextBridge.exposeInMainWorld('drover', shellFor(hello));
}

/**
 * A MessagePort cannot pass the context bridge, but a message of the window itself can carry it. Only this page hears
 * it: the target is its own origin, and it has no frames.
 */
function handPortsOver(): void {
  ipcRenderer.on(shellChannels.port, (event) => {
    window.postMessage({ type: shellChannels.port }, window.location.origin, [...event.ports]);
  });
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source === window && isReady(event.data)) ipcRenderer.send(shellChannels.ready);
  });
}

function isReady(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === shellChannels.ready;
}

/** Listeners get the value and never Electron's event, through which a page would reach the sender. */
function shellFor({ version, preferences }: Hello): DesktopShell {
  return {
    platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
    versions: {
      drover: version,
      electron: process.versions.electron,
      chromium: process.versions.chrome,
      node: process.versions.node,
    },
    preferences: {
      initial: preferences,
      get: () => ipcRenderer.invoke(shellChannels.preferences),
      set: (patch) => ipcRenderer.invoke(shellChannels.preferences, patch),
      onChange: (listener) =>
        subscribe(shellChannels.preferencesChanged, (_event, page: PagePreferences) => listener(page)),
    },
    backend: {
      onState: (listener) =>
        subscribe(shellChannels.backendState, (_event, state: BackendState) => listener(state)),
      retry: () => ipcRenderer.invoke(shellChannels.backendRetry),
    },
    onMainAction: (listener) =>
      subscribe(shellChannels.mainAction, (_event, id: MainActionId) => listener(id)),
    openConsole: (wanted) => ipcRenderer.invoke(shellChannels.openConsole, wanted),
    openExternal: (address) => ipcRenderer.invoke(shellChannels.openExternal, address),
  };
}

function subscribe(channel: string, hear: Parameters<typeof ipcRenderer.on>[1]): () => void {
  ipcRenderer.on(channel, hear);
  return () => void ipcRenderer.off(channel, hear);
}
