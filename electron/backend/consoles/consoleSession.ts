import type { Duplex } from 'node:stream';
import { DroverError, type ErrorData, toErrorData } from '#shared/contract/errors.ts';
import {
  type ConsoleKind,
  type ConsoleMessage,
  type ConsoleStanding,
  consolePieceBytes,
  consoleWindowBytes,
} from '#shared/model/console.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostId, VmId } from '#shared/model/ids.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { Clock } from '../clock/clock.ts';
import type { ConsolesDriver } from '../drivers/consoles.ts';
import { type ConsoleTarget, consoleTarget, isSameTarget } from './target.ts';
import { TypedAhead } from './typedAhead.ts';

/** What consoles need of the rest: where VMs are, and the way there. */
export interface ConsoleSurroundings {
  readonly clock: Clock;
  vm(id: VmId): Vm | undefined;
  hosts(): readonly Host[];
  /** Where a task is taking it just now. */
  destination(vm: Vm): HostId | undefined;
  driver(id: HostId): { readonly consoles: ConsolesDriver } | undefined;
  /** Calls back after every change of hosts or VMs. */
  subscribe(listener: () => void): () => void;
}

export interface ConsoleRequest {
  readonly vmId: VmId;
  readonly kind: ConsoleKind;
  readonly takeOver: boolean;
}

/** Somebody else's console is looked at so often whether it has been closed; nothing tells of it. */
const busyLookMs = 2000;
/** The inventory learns in a moment of what a host just said. */
const settleMs = 250;
/** A connection that ends sooner has not come to anything. */
const shortMs = 2000;
const longestPauseMs = 8000;

type Connected = Extract<ConsoleTarget, { kind: 'on' }>;

/** One console that somebody looks at, through all the connections to its VM that it has one after the other. */
export class ConsoleSession {
  readonly id: string;
  readonly #around: ConsoleSurroundings;
  readonly #request: ConsoleRequest;
  readonly #typedAhead = new TypedAhead();
  readonly #over = new AbortController();
  #connection = 0;
  #channel: Duplex | undefined;
  #standing: ConsoleStanding;
  #isNews = true;
  #sentBytes = 0;
  #takenBytes = 0;
  #ended: DroverError | undefined;
  #wake: () => void = () => undefined;

  /** @throws DroverError `not-found` */
  constructor(id: string, around: ConsoleSurroundings, request: ConsoleRequest) {
    this.id = id;
    this.#around = around;
    this.#request = request;
    const target = this.#target();
    if (target.kind === 'gone') throw this.#gone();
    this.#standing = standingAt(target);
    void this.#follow(request.takeOver);
  }

  /** Ends when the signal is aborted; throws `not-found` once there is no such VM any more. */
  async *messages(signal: AbortSignal | undefined): AsyncGenerator<ConsoleMessage, void, void> {
    const onAbort = () => this.#wake();
    signal?.addEventListener('abort', onAbort);
    try {
      yield { kind: 'opened', consoleId: this.id };
      while (signal?.aborted !== true && !this.#over.signal.aborted) {
        const next = this.#next();
        if (next !== undefined) yield next;
        else if (this.#ended !== undefined) throw this.#ended;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.end();
    }
  }

  /** Resolves when its host has taken the bytes, or they are of no use any more. */
  async send(connection: number, bytes: Buffer): Promise<void> {
    if (this.#request.kind === 'screen' && connection !== this.#connection) return;
    const channel = this.#channel;
    if (channel === undefined) {
      if (this.#standing.state === 'connecting') this.#typedAhead.hold(bytes);
      return;
    }
    await written(channel, bytes);
  }

  acknowledge(bytes: number): void {
    this.#takenBytes = Math.min(this.#sentBytes, Math.max(this.#takenBytes, bytes));
    this.#wake();
  }

  end(): void {
    this.#over.abort();
    this.#channel?.destroy();
    this.#wake();
  }

  #next(): ConsoleMessage | undefined {
    const connection = this.#connection;
    if (this.#isNews) {
      this.#isNews = false;
      return { kind: 'standing', connection, standing: this.#standing };
    }
    const channel = this.#channel;
    const room = consoleWindowBytes - (this.#sentBytes - this.#takenBytes);
    if (channel === undefined || room <= 0) return undefined;
    const size = Math.min(room, consolePieceBytes, channel.readableLength);
    // Asked even where nothing is there: only then does a stream say that it has ended.
    const chunk: unknown = size === 0 ? channel.read() : channel.read(size);
    if (!Buffer.isBuffer(chunk)) return undefined;
    this.#sentBytes += chunk.length;
    return { kind: 'bytes', connection, bytes: chunk.toString('base64') };
  }

  async #follow(takeOver: boolean): Promise<void> {
    let cutsOff = takeOver;
    let failures = 0;
    let lastHost: string | undefined;
    while (!this.#over.signal.aborted) {
      const target = this.#target();
      if (target.kind === 'gone') return this.#fail(this.#gone());
      if (target.kind !== 'on') {
        if (target.kind === 'off') this.#typedAhead.drop();
        this.#tell(standingAt(target));
        failures = 0;
        await this.#unlessChanged(target);
        continue;
      }
      if (this.#standing.state === 'off' || this.#standing.state === 'connected') {
        this.#tell({ state: 'connecting', hostName: target.movingTo ?? target.hostName });
      }
      const opened = await this.#open(target, cutsOff);
      if (opened instanceof DroverError) {
        failures += 1;
        await this.#refused(opened, target, failures);
        continue;
      }
      cutsOff = false;
      const lastedMs = await this.#connected(opened, target, lastHost);
      failures = lastedMs < shortMs ? failures + 1 : 0;
      lastHost = target.hostName;
      if (failures > 2) this.#tell({ state: 'lost', error: brokeOff(target) });
      await this.#unlessChanged(target, pauseMs(failures));
    }
  }

  async #open(target: Connected, takeOver: boolean): Promise<Duplex | DroverError> {
    const vm = this.#around.vm(this.#request.vmId);
    const driver = this.#around.driver(target.hostId);
    if (vm === undefined || driver === undefined) return this.#gone();
    try {
      const { signal } = this.#over;
      const channel = await driver.consoles.open(vm.uuid, this.#request.kind, { signal, takeOver });
      if (signal.aborted) channel.destroy();
      return channel;
    } catch (thrown) {
      return thrown instanceof DroverError ? thrown : DroverError.fromData(toErrorData(thrown));
    }
  }

  async #refused(error: DroverError, target: Connected, failures: number): Promise<void> {
    switch (error.code) {
      case 'console-busy':
        this.#tell({ state: 'busy', error: error.toData() });
        return await this.#unlessChanged(target, busyLookMs);
      case 'console-missing':
        this.#tell({ state: 'missing', error: error.toData() });
        return await this.#unlessChanged(target);
      case 'vm-not-running':
      case 'not-found':
        // It has just ended or left; where it is now the inventory says in a moment.
        return await this.#unlessChanged(target, settleMs);
      default:
        this.#tell({ state: 'lost', error: error.toData() });
        return await this.#unlessChanged(target, pauseMs(failures));
    }
  }

  /** Until it ends, or its VM is elsewhere; milliseconds it lasted. */
  async #connected(channel: Duplex, target: Connected, lastHost: string | undefined): Promise<number> {
    const began = this.#around.clock.elapsed();
    this.#connection += 1;
    this.#channel = channel;
    const moved = lastHost === undefined || lastHost === target.hostName ? {} : { movedFrom: lastHost };
    const tell = (now: ConsoleTarget) => {
      const movingTo = now.kind === 'on' && now.movingTo !== undefined ? { movingTo: now.movingTo } : {};
      this.#tell({ state: 'connected', hostName: target.hostName, ...moved, ...movingTo });
    };
    tell(target);
    const held = this.#typedAhead.take();
    if (held !== undefined) void written(channel, held);
    await new Promise<void>((resolve) => {
      const endChanges = this.#around.subscribe(() => {
        const now = this.#target();
        if (!isSameTarget(now, target)) channel.destroy();
        else tell(now);
      });
      const over = () => {
        endChanges();
        resolve();
      };
      channel.on('readable', () => this.#wake());
      channel.on('error', () => undefined);
      channel.once('end', () => channel.destroy());
      channel.once('close', over);
      if (channel.destroyed) over();
      // Something may have changed while it was opened.
      if (!isSameTarget(this.#target(), target)) channel.destroy();
      this.#wake();
    });
    this.#channel = undefined;
    return this.#around.clock.elapsed() - began;
  }

  /** Until the VM is found elsewhere or otherwise than there, the time is over, or nobody looks any more. */
  async #unlessChanged(target: ConsoleTarget, atMostMs?: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const { signal } = this.#over;
      const over = () => {
        endChanges();
        endTimer();
        signal.removeEventListener('abort', over);
        resolve();
      };
      const endChanges = this.#around.subscribe(() => {
        if (!isSameTarget(this.#target(), target)) over();
      });
      const endTimer = atMostMs === undefined ? () => undefined : this.#around.clock.after(atMostMs, over);
      signal.addEventListener('abort', over);
      if (signal.aborted || !isSameTarget(this.#target(), target)) over();
    });
  }

  #target(): ConsoleTarget {
    const vm = this.#around.vm(this.#request.vmId);
    return consoleTarget(vm, this.#around.hosts(), vm && this.#around.destination(vm));
  }

  #tell(standing: ConsoleStanding): void {
    if (JSON.stringify(standing) === JSON.stringify(this.#standing)) return;
    this.#standing = standing;
    this.#isNews = true;
    this.#wake();
  }

  #fail(error: DroverError): void {
    this.#ended = error;
    this.#wake();
  }

  #gone(): DroverError {
    return new DroverError({
      code: 'not-found',
      tried: 'Show a console',
      cause: `no VM has the id ${this.#request.vmId}; it may have been removed meanwhile`,
      next: 'Look at the list of VMs',
    });
  }
}

function standingAt(target: Exclude<ConsoleTarget, { kind: 'gone' }>): ConsoleStanding {
  switch (target.kind) {
    case 'on':
      return { state: 'connecting', hostName: target.hostName };
    case 'off':
      return { state: 'off', vmState: target.vmState };
    case 'away':
      return { state: 'lost', error: target.error };
    default:
      return target satisfies never;
  }
}

function brokeOff({ hostName }: Connected): ErrorData {
  return new DroverError({
    code: 'connection-lost',
    tried: `Keep a console on ${hostName} open`,
    cause: 'the host closes it as soon as it is open',
    next: 'Drover tries again by itself; look at the log of the VM on that host (/var/log/libvirt/qemu)',
  }).toData();
}

function pauseMs(failures: number): number {
  return Math.min(longestPauseMs, 100 * 2 ** failures);
}

function written(channel: Duplex, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      channel.off('close', done);
      resolve();
    };
    if (channel.destroyed || !channel.writable) return resolve();
    channel.once('close', done);
    channel.write(bytes, done);
  });
}
