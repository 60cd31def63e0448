import { DroverError } from '#shared/contract/errors.ts';
import { lastingSessions, type SshConnection } from './connection.ts';
import { Turns } from './turns.ts';

/**
 * Further logins to one host. sshd opens only so many sessions for one login (MaxSessions, ten unless told otherwise).
 * Where sockets are forwarded none is needed; where commands carry libvirt instead, each of its connections takes one,
 * and five migrations at once are too many for a single login. A spare one is made when the others are full and ended
 * when nothing is left on it.
 */
export class SpareLogins {
  readonly #logIn: (signal: AbortSignal) => Promise<SshConnection>;
  readonly #spares = new Set<SshConnection>();
  /** One after the other, so that none is promised the place that another is just taking. */
  readonly #turns = new Turns(1);
  #inUse: SshConnection | undefined;
  readonly #closing = new AbortController();

  constructor(logIn: (signal: AbortSignal) => Promise<SshConnection>) {
    this.#logIn = logIn;
  }

  /** Opens what stays open, on a login that has room for it. */
  async with<T>(main: SshConnection, open: (login: SshConnection) => Promise<T>): Promise<T> {
    const end = await this.#turns.take();
    try {
      const login = this.#roomy(main) ?? (await this.#another(main));
      this.#inUse = login;
      return await open(login);
    } finally {
      const login = this.#inUse;
      this.#inUse = undefined;
      if (login !== undefined) this.#endIfIdle(login);
      end();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#spares].map((login) => login.close()));
  }

  #roomy(main: SshConnection): SshConnection | undefined {
    return [main, ...this.#spares].find((login) => login.lasting < lastingSessions);
  }

  async #another(main: SshConnection): Promise<SshConnection> {
    try {
      const login = await this.#logIn(this.#closing.signal);
      this.#spares.add(login);
      login.onClose(() => void this.#spares.delete(login));
      login.onIdle(() => this.#endIfIdle(login));
      return login;
    } catch (thrown) {
      if (this.#closing.signal.aborted) throw thrown;
      throw new DroverError({
        code: 'connection-refused',
        tried: `Open one more session on ${main.hostName}`,
        cause: `sshd opens only so many for one login, those are taken, and a further login failed (${thrown instanceof Error ? thrown.message : String(thrown)})`,
        next: 'Let fewer migrations run at once, or allow UNIX sockets to be forwarded there (AllowStreamLocalForwarding yes), which takes no sessions',
        source: thrown,
      });
    }
  }

  #endIfIdle(login: SshConnection): void {
    if (!this.#spares.has(login) || login.lasting > 0 || login === this.#inUse) return;
    this.#spares.delete(login);
    void login.close();
  }
}
