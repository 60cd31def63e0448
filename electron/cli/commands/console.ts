import type { Command } from 'commander';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import { DroverError, type ErrorData } from '#shared/contract/errors.ts';
import { type ConsoleStanding, consolePieceBytes } from '#shared/model/console.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { CommandContext, Run } from '../command.ts';
import { type ConsoleScreen, processScreen } from '../consoleScreen.ts';
import { findVm } from '../names.ts';
import { settledState } from '../session.ts';

interface ConsoleOptions {
  readonly takeOver?: boolean;
  readonly wait?: boolean;
}

/** What virsh leaves a console by. */
const leaveKey = 0x1d;
const acknowledgeEvery = 32 * 1024;

export function consoleCommand(vm: Command, run: Run): void {
  vm.command('console')
    .description('its serial console, here; Ctrl+] leaves it')
    .argument('<vm>', 'name, HOST/name or UUID')
    .option('--take-over', 'cut off whoever has it open now')
    .option('--wait', 'wait for a VM that is off instead of failing')
    .action((name: string, options: ConsoleOptions) =>
      run((context) => showConsole(context, name, options, processScreen())),
    );
}

/** Until Ctrl+], the end of what is typed, or a reason that will not pass by itself. */
export async function showConsole(
  { session, output, terminal }: Pick<CommandContext, 'session' | 'output' | 'terminal'>,
  name: string,
  options: ConsoleOptions,
  screen: ConsoleScreen,
): Promise<void> {
  const tried = `Open the serial console of VM ${name}`;
  if (output.json) {
    throw new DroverError({
      code: 'input-unusable',
      tried,
      cause: 'a console is no JSON value',
      next: 'Leave --json out',
    });
  }
  const vm = findVm(await settledState(session.client, terminal), name, tried);
  await new Looking(session.client, vm, options, screen).run();
  output.note(`Left the console of ${vm.name}.`);
}

/** One look at a console, from its opening to Ctrl+]. */
class Looking {
  readonly #client: DroverClient;
  readonly #vm: Vm;
  readonly #options: ConsoleOptions;
  readonly #screen: ConsoleScreen;
  readonly #left = new AbortController();
  #consoleId: string | undefined;
  #connection = 0;
  #hasConnected = false;
  /** What is typed before there is a console waits for it. */
  readonly #connected: Promise<void>;
  #tellConnected: () => void = () => undefined;
  /** What is typed goes one after the other, and nothing is read while it does. */
  #sending: Promise<void> = Promise.resolve();

  constructor(client: DroverClient, vm: Vm, options: ConsoleOptions, screen: ConsoleScreen) {
    this.#client = client;
    this.#vm = vm;
    this.#options = options;
    this.#screen = screen;
    this.#connected = new Promise((resolve) => {
      this.#tellConnected = resolve;
    });
    this.#left.signal.addEventListener('abort', () => this.#tellConnected());
  }

  async run(): Promise<void> {
    let endTyping: () => void = () => undefined;
    try {
      const request = {
        vmId: this.#vm.id,
        kind: 'serial',
        takeOver: this.#options.takeOver === true,
      } as const;
      endTyping = this.#screen.typing(
        (bytes) => this.#typed(bytes),
        () => void this.#sending.then(() => this.#left.abort()),
      );
      await this.#read(request);
    } catch (thrown) {
      if (!this.#left.signal.aborted) throw toDroverError(thrown);
    } finally {
      endTyping();
      this.#left.abort();
    }
  }

  async #read(request: Parameters<DroverClient['consoles']['open']>[0]): Promise<void> {
    const { signal } = this.#left;
    let taken = 0;
    let told = 0;
    for await (const message of await this.#client.consoles.open(request, { signal })) {
      if (signal.aborted) return;
      switch (message.kind) {
        case 'opened':
          this.#consoleId = message.consoleId;
          break;
        case 'standing':
          this.#connection = message.connection;
          this.#hear(message.standing);
          break;
        case 'bytes': {
          const bytes = Buffer.from(message.bytes, 'base64');
          await this.#screen.show(bytes);
          taken += bytes.length;
          if (taken - told < acknowledgeEvery || this.#consoleId === undefined) break;
          told = taken;
          await this.#client.consoles.acknowledge({ consoleId: this.#consoleId, bytes: taken });
          break;
        }
        default:
          message satisfies never;
      }
    }
  }

  #typed(bytes: Buffer): Promise<void> {
    const leaves = bytes.indexOf(leaveKey);
    if (leaves >= 0 && !this.#hasConnected) this.#left.abort();
    const typed = leaves < 0 ? bytes : bytes.subarray(0, leaves);
    this.#sending = this.#sending.then(async () => {
      for (let at = 0; at < typed.length; at += consolePieceBytes) {
        await this.#send(typed.subarray(at, at + consolePieceBytes));
      }
      if (leaves >= 0) this.#left.abort();
    });
    return this.#sending;
  }

  async #send(bytes: Buffer): Promise<void> {
    await this.#connected;
    const consoleId = this.#consoleId;
    if (consoleId === undefined || this.#left.signal.aborted) return;
    const input = { consoleId, connection: this.#connection, bytes: bytes.toString('base64') };
    // The stream says what became of the console.
    await this.#client.consoles.send(input).catch(() => undefined);
  }

  /** @throws DroverError where nothing but the operator helps, before anything was seen of it */
  #hear(standing: ConsoleStanding): void {
    const { name } = this.#vm;
    switch (standing.state) {
      case 'connecting':
        if (this.#hasConnected) this.#screen.say(`Connecting to ${standing.hostName}`);
        return;
      case 'connected':
        this.#screen.say(connectedWords(name, standing, this.#hasConnected));
        this.#hasConnected = true;
        this.#tellConnected();
        return;
      case 'off':
        if (this.#hasConnected || this.#options.wait === true) {
          return this.#screen.say(`${name} is ${standing.vmState}; waiting until it runs. Ctrl+] leaves`);
        }
        throw new DroverError({
          code: 'vm-not-running',
          tried: `Open the serial console of ${name}`,
          cause: `it is ${standing.vmState}`,
          next: `Start it with "drover vm start ${name}", or wait for it with --wait`,
        });
      case 'busy':
        if (this.#hasConnected) return this.#screen.say('Somebody else has taken the console over');
        throw withHint(standing.error, 'Take it over with --take-over');
      case 'missing':
        throw DroverError.fromData(standing.error);
      case 'lost':
        if (!this.#hasConnected && this.#options.wait !== true) throw DroverError.fromData(standing.error);
        return this.#screen.say(`Connection lost, it is being opened again: ${standing.error.message}`);
      default:
        standing satisfies never;
    }
  }
}

function connectedWords(
  name: string,
  { hostName, movedFrom, movingTo }: Extract<ConsoleStanding, { state: 'connected' }>,
  again: boolean,
): string {
  if (movingTo !== undefined) return `${name} is moving from ${hostName} to ${movingTo}`;
  if (!again) return `Connected to ${name} on ${hostName}. Ctrl+] leaves`;
  return movedFrom === undefined
    ? `Connected again, on ${hostName}`
    : `Now on ${hostName}, moved from ${movedFrom}`;
}

/** What the page offers as a button. */
function withHint({ message }: ErrorData, hint: string): DroverError {
  return DroverError.fromData({ code: 'console-busy', message: `${message} ${hint}.`, next: `${hint}.` });
}
