import type { ConsoleKind } from '#shared/model/console.ts';
import { requireDomain, requireInstance } from '../domains/find.ts';
import type { ReaderStream } from '../sessions/readerStream.ts';
import type { Line, Sessions } from '../sessions/sessions.ts';
import { libvirtSays } from '../state/failures.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { letSpeak, pressCtrlAltDel, type Running, type } from './guestConsole.ts';
import { openOutbox } from './outbox.ts';
import { pictureOf } from './picture.ts';
import { RfbServer } from './rfbServer.ts';
import { emptyScreen } from './textScreen.ts';

const procedure = 'domainOpenConsole';

interface Attached {
  readonly id: string;
  readonly session: string;
  readonly host: string;
  readonly uuid: string;
  /** It ends with the instance it was opened of. */
  readonly run: number;
  readonly kind: ConsoleKind;
  readonly line: Line;
  readonly outbox: ReaderStream<Buffer>;
  readonly rfb?: RfbServer;
}

/** Who looks at guests' consoles just now. They end with this process; what a console shows is the guest's own. */
export class Consoles {
  readonly #world: World;
  readonly #sessions: Sessions;
  readonly #attached = new Map<string, Attached>();
  #lastId = 0;

  constructor(world: World, sessions: Sessions) {
    this.#world = world;
    this.#sessions = sessions;
    world.subscribeGuests((host, uuid) => this.#look(host, uuid));
  }

  get size(): number {
    return this.#attached.size;
  }

  /** @throws DroverError in libvirt's words: no such domain, not running, or another has its serial console */
  async open(
    session: string,
    wanted: { readonly uuid: string; readonly kind: ConsoleKind; readonly takeOver: boolean },
  ): Promise<string> {
    return await this.#sessions.ask(session, (host) => {
      const domain = requireDomain(host, wanted.uuid, procedure);
      const instance = requireInstance(host, domain, procedure);
      if (wanted.kind === 'serial') this.#makeRoom(host, wanted.uuid, wanted.takeOver);
      return this.#attach(session, { host, domain, instance }, wanted.kind).id;
    });
  }

  async input(session: string, id: string, bytes: Buffer): Promise<void> {
    await this.#sessions.ask(session, (host) => {
      const attached = this.#required(session, id);
      const running = this.#running(attached);
      if (running === undefined) return this.#end(attached);
      if (attached.rfb === undefined) {
        type(this.#world, running, 'serial', bytes.toString('latin1'));
      } else {
        try {
          attached.rfb.receive(bytes);
        } catch {
          // A viewer that speaks something else is hung up on, as QEMU does.
          this.#end(attached);
        }
      }
      this.#look(host.name, attached.uuid);
    });
  }

  output(session: string, id: string, signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
    return this.#required(session, id).outbox.read(signal);
  }

  close(session: string, id: string): void {
    const attached = this.#attached.get(id);
    if (attached?.session === session) this.#drop(attached);
  }

  #attach(session: string, running: Running, kind: ConsoleKind): Attached {
    const { host, domain, instance } = running;
    this.#lastId += 1;
    const outbox = openOutbox();
    const line = this.#sessions.line(session, (error) => {
      outbox.end(error);
      this.#drop(attached);
    });
    const send = (bytes: Buffer) => line.send(() => outbox.push(bytes));
    const attached: Attached = {
      id: `console-${this.#lastId}`,
      session,
      host: host.name,
      uuid: domain.uuid,
      run: instance.run,
      kind,
      line,
      outbox,
      ...(kind === 'screen' ? { rfb: this.#rfb(running, send) } : {}),
    };
    letSpeak(this.#world, running);
    this.#attached.set(attached.id, attached);
    if (kind === 'serial') send(Buffer.from(greeting(running), 'latin1'));
    return attached;
  }

  #rfb(running: Running, send: (bytes: Buffer) => void): RfbServer {
    const { host, domain, instance } = running;
    const name = `${domain.definition.name} on ${host.name} (simulated)`;
    return new RfbServer(
      {
        name,
        picture: () =>
          pictureOf(instance.guest.consoles?.screen.screen ?? emptyScreen, `SIMULATED GUEST  ${name}`),
        typed: (text) => type(this.#world, running, 'screen', text),
        ctrlAltDel: () => pressCtrlAltDel(this.#world, running),
      },
      send,
    );
  }

  #makeRoom(host: HostState, uuid: string, takeOver: boolean): void {
    const other = [...this.#attached.values()].find(
      (each) => each.kind === 'serial' && each.host === host.name && each.uuid === uuid,
    );
    if (other === undefined) return;
    if (takeOver) return this.#end(other);
    throw libvirtSays(
      host.name,
      procedure,
      'operationFailed',
      'operation failed: Active console session exists for this domain',
    );
  }

  #look(host: string, uuid: string): void {
    const all = [...this.#attached.values()].filter((each) => each.host === host && each.uuid === uuid);
    const [one] = all;
    if (one === undefined) return;
    const gone = all.filter((each) => this.#running(each) === undefined);
    for (const each of gone) this.#end(each);
    const running = this.#running(one);
    if (running === undefined) return;
    const written = letSpeak(this.#world, running);
    for (const each of all) {
      if (each.rfb !== undefined) each.rfb.changed();
      else if (written.serial !== '') {
        const bytes = Buffer.from(forTerminals(written.serial), 'latin1');
        each.line.send(() => each.outbox.push(bytes));
      }
    }
  }

  #running(attached: Attached): Running | undefined {
    const host = this.#world.host(attached.host);
    const domain = host?.domains[attached.uuid];
    const instance = domain?.instance;
    if (host === undefined || domain === undefined || instance?.run !== attached.run) return undefined;
    return { host, domain, instance };
  }

  #end(attached: Attached): void {
    attached.line.send(() => attached.outbox.end());
    this.#drop(attached);
  }

  #drop(attached: Attached): void {
    attached.line.leave();
    this.#attached.delete(attached.id);
  }

  #required(session: string, id: string): Attached {
    const attached = this.#attached.get(id);
    if (attached?.session === session) return attached;
    throw libvirtSays('the host', procedure, 'operationFailed', 'operation failed: this console has ended');
  }
}

/** What a terminal clears itself by, where a text screen has one character for it. */
function forTerminals(text: string): string {
  return text.replaceAll('\f', '\u001b[H\u001b[2J');
}

/** A real line says nothing to who comes late; this one says what it is, and what was being typed. */
function greeting({ host, domain, instance }: Running): string {
  const screen = instance.guest.consoles?.serial.screen ?? emptyScreen;
  return `[simulated serial console of ${domain.definition.name} on ${host.name}]\r\n${screen.rows[screen.row] ?? ''}`;
}
