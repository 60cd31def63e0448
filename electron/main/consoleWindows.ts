import type { BrowserWindow } from 'electron';
import type { ConsoleKind } from '#shared/model/console.ts';
import type { VmId } from '#shared/model/ids.ts';
import { pageAddress } from './pageOrigin.ts';
import { pageWindow, type WindowOptions } from './window.ts';

const size = { width: 1040, height: 720 } as const;
/** A page that asks for ever more windows is not served. */
const mostWindows = 40;

/** Consoles in windows of their own: one for each console, of Drover's own page and as shut in as the main window. */
export class ConsoleWindows {
  readonly #options: Pick<WindowOptions, 'preload' | 'icon'>;
  readonly #windows = new Map<string, BrowserWindow>();

  constructor(options: Pick<WindowOptions, 'preload' | 'icon'>) {
    this.#options = options;
  }

  show({ vmId, kind }: { readonly vmId: VmId; readonly kind: ConsoleKind }): void {
    const place = `console/${encodeURIComponent(vmId)}/${kind}`;
    const known = this.#windows.get(place);
    if (known !== undefined) {
      if (known.isMinimized()) known.restore();
      known.focus();
      return;
    }
    if (this.#windows.size >= mostWindows) {
      throw new Error(`${mostWindows} console windows are open already. Close some of them.`);
    }
    const window = pageWindow(this.#options, size, `${pageAddress}#/${place}`);
    this.#windows.set(place, window);
    window.once('closed', () => this.#windows.delete(place));
  }
}
