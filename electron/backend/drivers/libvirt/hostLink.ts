import { DroverError, type ErrorCode } from '#shared/contract/errors.ts';
import { hidePassword, parseSshAddress, type SshAddress } from '#shared/model/sshAddress.ts';
import type { Clock } from '../../clock/clock.ts';
import type { CallOptions, HostCredentials, HostEndpoint, LinkState, Unsubscribe } from '../drivers.ts';
import { LinkStanding } from '../link/linkStanding.ts';
import { keepConnected, type Reconnecting, type ReconnectState } from '../link/reconnecting.ts';
import { prompterFrom, withoutSecrets } from './credentials.ts';
import { type LibvirtConnection, openConnection } from './rpc/rpc.ts';
import {
  type CommandChannel,
  connectSsh,
  forgetPassword,
  openLibvirtChannel,
  SpareLogins,
  type SshConnection,
  type SshSurroundings,
} from './ssh/ssh.ts';

/** The libvirt connections that every host has over its one login, so that no kind of work waits for another. */
export interface HostChannels {
  readonly inventory: LibvirtConnection;
  readonly statistics: LibvirtConnection;
  readonly control: LibvirtConnection;
}

/** What the concerns of a driver need of a host: its channels while it answers, an error at once while it does not. */
export interface HostAccess {
  readonly name: string;
  readonly clock: Clock;
  state(): LinkState;
  subscribe(listener: (state: LinkState) => void): Unsubscribe;
  channels(): HostChannels;
  login(): Pick<SshConnection, 'exec' | 'forwardTcp' | 'openUnixSocket'>;
  /** One more libvirt connection, wherever there is room for it; the caller closes it. */
  open(options?: CallOptions): Promise<LibvirtConnection>;
  /** A command that stays until its channel is destroyed, wherever there is room for one more. */
  openCommand(command: string, options?: CallOptions): Promise<CommandChannel>;
}

/** A login that closes as one thing with the libvirt connections it carries. */
class Channels implements HostChannels {
  readonly inventory: LibvirtConnection;
  readonly statistics: LibvirtConnection;
  readonly control: LibvirtConnection;

  constructor(inventory: LibvirtConnection, statistics: LibvirtConnection, control: LibvirtConnection) {
    this.inventory = inventory;
    this.statistics = statistics;
    this.control = control;
  }

  onClose(listener: (reason: DroverError) => void): Unsubscribe {
    let told = false;
    const once = (reason: DroverError) => {
      if (told) return;
      told = true;
      end();
      listener(reason);
    };
    const ends = [this.inventory, this.statistics, this.control].map((each) => each.onClose(once));
    const end = () => {
      for (const each of ends) each();
    };
    return end;
  }

  async close(): Promise<void> {
    await Promise.all([this.inventory.close(), this.statistics.close(), this.control.close()]);
  }
}

/** The host wants other secrets than it was given, or more. */
const asksAgain: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'login-refused',
  'password-needed',
  'passphrase-needed',
  'answers-needed',
]);

export interface HostLinkInput {
  readonly endpoint: HostEndpoint;
  readonly surroundings: Omit<SshSurroundings, 'prompter'>;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * One host's link: a login that is kept, and over it the libvirt connections, kept in their turn, so that a libvirtd
 * that restarts costs no login. What does not mend itself waits for the operator.
 */
export class HostLink implements HostAccess {
  readonly name: string;
  readonly clock: Clock;
  readonly address: SshAddress;
  readonly #input: HostLinkInput;
  readonly #standing: LinkStanding;
  readonly #login: Reconnecting<SshConnection>;
  readonly #spares = new SpareLogins((signal) => this.#logIn(signal));
  #credentials: HostCredentials;
  #libvirt: Reconnecting<Channels> | undefined;

  /** @throws DroverError `address-unusable` */
  constructor(input: HostLinkInput) {
    const parsed = parseSshAddress(input.endpoint.address);
    if (!parsed.ok) {
      throw new DroverError({
        code: 'address-unusable',
        tried: `Use ${hidePassword(input.endpoint.address)} as a host's address`,
        cause: parsed.wrong,
        next: parsed.next,
      });
    }
    this.#input = input;
    this.name = input.endpoint.name;
    this.#standing = new LinkStanding(this.name);
    this.clock = input.clock;
    this.address = parsed.address;
    this.#credentials = input.endpoint.credentials;
    this.#login = keepConnected({
      connect: ({ signal }) => this.#logIn(signal),
      clock: input.clock,
      random: input.random,
    });
    this.#login.subscribe((state) => this.#loginChanged(state));
  }

  state(): LinkState {
    return this.#standing.state;
  }

  subscribe(listener: (state: LinkState) => void): Unsubscribe {
    return this.#standing.subscribe(listener);
  }

  /** @throws DroverError at once while the link is down */
  channels(): HostChannels {
    const state = this.#libvirt?.state;
    if (state?.kind === 'connected') return state.connection;
    throw this.#standing.down();
  }

  /** @throws DroverError at once while the login is down */
  login(): SshConnection {
    const { state } = this.#login;
    if (state.kind === 'connected') return state.connection;
    throw this.#standing.down();
  }

  /** For one migration, one console or one long call. */
  async open(options: CallOptions = {}): Promise<LibvirtConnection> {
    return await this.#spares.with(this.login(), (login) => this.#openLibvirt(login, options.signal));
  }

  async openCommand(command: string, options: CallOptions = {}): Promise<CommandChannel> {
    return await this.#spares.with(this.login(), (login) => login.openCommand(command, options));
  }

  async connected(options: CallOptions = {}): Promise<void> {
    await this.#standing.connected(this.clock, options);
  }

  reconnect(credentials: HostCredentials = {}): void {
    if (this.#standing.state.state === 'connected') return;
    this.#credentials = { ...this.#credentials, ...credentials };
    // A person waits for this try, so it is news, unlike one that Drover makes by itself.
    this.#standing.tell({ state: 'connecting' });
    if (this.#login.state.kind === 'connected') this.#libvirt?.retryNow();
    else this.#login.retryNow();
  }

  async forgetSecrets(): Promise<void> {
    await forgetPassword(this.address, this.#input.surroundings);
  }

  async close(): Promise<void> {
    this.#standing.close();
    const libvirt = this.#libvirt;
    this.#libvirt = undefined;
    await libvirt?.stop();
    await this.#spares.close();
    await this.#login.stop();
  }

  async #logIn(signal: AbortSignal): Promise<SshConnection> {
    const { surroundings } = this.#input;
    const { answers: _usedOnce, ...lasting } = this.#credentials;
    const credentials = this.#credentials;
    this.#credentials = lasting;
    const { keyFile, acceptHostKey } = credentials;
    // What the operator says now counts, not what worked before.
    if (credentials.password !== undefined) await this.forgetSecrets();
    try {
      const login = await connectSsh(
        this.address,
        { ...surroundings, prompter: prompterFrom(() => credentials) },
        {
          signal,
          ...(keyFile === undefined ? {} : { keyFiles: [keyFile] }),
          ...(acceptHostKey === undefined ? {} : { acceptHostKey }),
        },
      );
      // What worked is in the memory of secrets now.
      this.#credentials = withoutSecrets(this.#credentials);
      return login;
    } catch (thrown) {
      const isRefused = thrown instanceof DroverError && asksAgain.has(thrown.code);
      if (isRefused) this.#credentials = withoutSecrets(this.#credentials);
      throw thrown;
    }
  }

  async #openChannels(login: SshConnection, signal: AbortSignal): Promise<Channels> {
    const opened: LibvirtConnection[] = [];
    try {
      const inventory = await this.#openLibvirt(login, signal);
      opened.push(inventory);
      const statistics = await this.#openLibvirt(login, signal);
      opened.push(statistics);
      return new Channels(inventory, statistics, await this.#openLibvirt(login, signal));
    } catch (thrown) {
      for (const connection of opened) await connection.close();
      throw thrown;
    }
  }

  async #openLibvirt(login: SshConnection, signal: AbortSignal | undefined): Promise<LibvirtConnection> {
    const limits = signal === undefined ? {} : { signal };
    const { channel } = await openLibvirtChannel(login, limits);
    return await openConnection(channel, { host: this.name, clock: this.clock, ...limits });
  }

  #loginChanged(state: ReconnectState<SshConnection>): void {
    if (state.kind === 'connected') {
      const login = state.connection;
      const libvirt = keepConnected({
        connect: ({ signal }) => this.#openChannels(login, signal),
        clock: this.clock,
        random: this.#input.random,
      });
      this.#libvirt = libvirt;
      libvirt.subscribe((inner) => {
        if (this.#libvirt === libvirt) this.#enter(inner);
      });
      this.#enter(libvirt.state);
      return;
    }
    const old = this.#libvirt;
    this.#libvirt = undefined;
    void old?.stop();
    this.#enter(state);
  }

  /** A further try while the host is known to be away is no news: it stays "unreachable" until it answers. */
  #enter(state: ReconnectState<unknown>): void {
    switch (state.kind) {
      case 'connecting':
        if (this.#standing.state.state === 'connected' || this.#standing.state.state === 'needs-attention') {
          this.#standing.tell({ state: 'connecting' });
        }
        return;
      case 'connected':
        return this.#standing.tell({ state: 'connected' });
      case 'waiting':
        return this.#standing.tell({
          state: 'unreachable',
          error: state.reason.toData(),
          retryAt: state.retryAt,
        });
      case 'needs-attention':
        return this.#standing.tell({ state: 'needs-attention', error: state.reason.toData() });
      case 'stopped':
        return;
      default:
        state satisfies never;
    }
  }
}
