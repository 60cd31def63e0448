import type { ConsoleKind } from '#shared/model/console.ts';
import type { VmId } from '#shared/model/ids.ts';

/** Of a console: as a page among the others, or alone in a window. */
export function consoleHref(id: VmId, kind: ConsoleKind, place: 'page' | 'window' = 'page'): string {
  const vm = encodeURIComponent(id);
  return place === 'page' ? `/vms/${vm}/console/${kind}` : `/console/${vm}/${kind}`;
}

/** In the desktop app a window; in a browser, which has signed in already, a tab. */
export function openConsoleWindow(vmId: VmId, kind: ConsoleKind): void {
  if (window.drover !== undefined) void window.drover.openConsole({ vmId, kind });
  else window.open(`${location.origin}/#${consoleHref(vmId, kind, 'window')}`, '_blank', 'noopener');
}
