import type { WebContents } from 'electron';
import { shellChannels } from '#shared/contract/shellChannels.ts';
import type { BackendHost } from './backendHost.ts';

/**
 * Gives every page that said it is ready a port to the backend, and a fresh one whenever the backend was started
 * again. The page speaks to the backend directly; main only introduces them.
 */
export class PagePorts {
  readonly #backend: BackendHost;
  /** Those that are ready. */
  readonly #pages = new Set<WebContents>();
  readonly #known = new WeakSet<WebContents>();

  constructor(backend: BackendHost) {
    this.#backend = backend;
    backend.onState((state) => {
      for (const page of this.#pages) {
        page.send(shellChannels.backendState, state);
        if (state.kind === 'running') this.#give(page);
      }
    });
  }

  welcome(page: WebContents): void {
    this.#pages.add(page);
    this.#watch(page);
    page.send(shellChannels.backendState, this.#backend.state());
    this.#give(page);
  }

  /** A page that goes, by reload or by a crash, is no longer ready; its successor says so itself. */
  #watch(page: WebContents): void {
    if (this.#known.has(page)) return;
    this.#known.add(page);
    const forget = () => this.#pages.delete(page);
    page.once('destroyed', forget);
    page.on('render-process-gone', forget);
    page.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) forget();
    });
  }

  #give(page: WebContents): void {
    const port = this.#backend.connect();
    if (port !== undefined) page.postMessage(shellChannels.port, undefined, [port]);
  }
}
