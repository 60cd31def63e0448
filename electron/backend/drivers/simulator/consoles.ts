import { Duplex } from 'node:stream';
import { DroverError } from '#shared/contract/errors.ts';
import { consolePieceBytes } from '#shared/model/console.ts';
import { type ConsolesDriver, consoleBusy, consoleMissing, notRunning } from '../consoles.ts';
import { parseConsoles } from '../xml/consoleXml.ts';
import { domainXml } from './domains.ts';
import type { SimulatedHostLink } from './hostLink.ts';
import type { HostSession } from './hostSession.ts';

/** As the libvirt driver tells it from other refusals. */
const sessionExists = 'Active console session exists';

export function simulatedConsoles(link: SimulatedHostLink): ConsolesDriver {
  return {
    async open(uuid, kind, options = {}) {
      const tried = `Open a console on ${link.name}`;
      const domain = await link.ask(
        tried,
        ({ client, session, options }) => client.domains.describe({ session, uuid }, options),
        options,
      );
      if (domain === null) {
        throw new DroverError({
          code: 'not-found',
          tried,
          cause: `it has no VM with the UUID ${uuid}`,
          next: 'Look at the list of VMs',
        });
      }
      const asked = { vm: domain.name, host: link.name, kind };
      if (domain.state !== 'active' && domain.state !== 'paused') throw notRunning(asked);
      const document = parseConsoles(domainXml(domain, 'current'));
      const isThere =
        kind === 'serial' ? document.serial : document.graphics.some((each) => each.kind === 'vnc');
      if (!isThere) throw consoleMissing(asked, document);
      const session = link.session();
      const takeOver = options.takeOver === true;
      try {
        const opened = await session.call(
          tried,
          ({ client, session, options }) => client.consoles.open({ session, uuid, kind, takeOver }, options),
          options,
        );
        return new SimulatedConsole(session, opened.console, tried);
      } catch (thrown) {
        const isBusy = thrown instanceof DroverError && thrown.message.includes(sessionExists);
        throw isBusy ? consoleBusy(asked, thrown) : thrown;
      }
    },
  };
}

/** A console of a simulated guest as the ordinary stream that a real one is. */
class SimulatedConsole extends Duplex {
  readonly #session: HostSession;
  readonly #console: string;
  readonly #tried: string;
  readonly #over = new AbortController();
  #wantsMore: () => void = () => undefined;

  constructor(session: HostSession, console: string, tried: string) {
    super({ allowHalfOpen: false });
    this.#session = session;
    this.#console = console;
    this.#tried = tried;
    // That it broke is told by its end as well: it must not bring the program down because nobody listens yet.
    this.on('error', () => undefined);
    void this.#follow();
  }

  override _read(): void {
    this.#wantsMore();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    void this.#write(chunk, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#over.abort();
    this.#wantsMore();
    void this.#close();
    done(error);
  }

  async #write(chunk: Buffer, done: (error?: Error | null) => void): Promise<void> {
    let failed: Error | undefined;
    try {
      await this.#send(chunk);
    } catch (thrown) {
      failed = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    done(failed);
  }

  /** A session that has ended has closed it. */
  async #close(): Promise<void> {
    try {
      await this.#session.call(this.#tried, ({ client, session, options }) =>
        client.consoles.close({ session, console: this.#console }, options),
      );
    } catch {
      // Then there is nothing to close.
    }
  }

  async #send(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; at += consolePieceBytes) {
      const bytes = chunk.subarray(at, at + consolePieceBytes).toString('base64');
      await this.#session.call(this.#tried, ({ client, session, options }) =>
        client.consoles.input({ session, console: this.#console, bytes }, options),
      );
    }
  }

  async #follow(): Promise<void> {
    try {
      const output = await this.#session.call(this.#tried, ({ client, session }) =>
        client.consoles.output({ session, console: this.#console }, { signal: this.#over.signal }),
      );
      for await (const bytes of output) {
        if (this.destroyed) return;
        if (this.push(Buffer.from(bytes, 'base64'))) continue;
        await new Promise<void>((resolve) => {
          this.#wantsMore = resolve;
        });
      }
      this.push(null);
    } catch (thrown) {
      if (!this.destroyed) this.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }
}
