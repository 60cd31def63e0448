import type { Duplex } from 'node:stream';
import { DroverError } from '#shared/contract/errors.ts';
import type { ConsoleKind } from '#shared/model/console.ts';
import type { CallOptions } from './drivers.ts';
import type { ConsoleDocument } from './xml/consoleXml.ts';

export interface OpenConsoleOptions extends CallOptions {
  /** Cuts off whoever has the serial console now. */
  readonly takeOver?: boolean;
}

/** The consoles of what runs on one host; of which kinds a domain has any, its description says. */
export interface ConsolesDriver {
  /**
   * A screen speaks RFB, beginning with its version; several may look at one. A serial console is the bytes of a
   * terminal, of which there is one reader: one that is cut off learns of it at once, or else when something is typed.
   * Either ends, or fails, when the instance goes: by its end, or to another host.
   * @throws DroverError `not-found`, `vm-not-running`, `console-missing`, `console-busy`, or why the host refused
   */
  open(uuid: string, kind: ConsoleKind, options?: OpenConsoleOptions): Promise<Duplex>;
}

const words: Readonly<Record<ConsoleKind, string>> = { screen: 'screen', serial: 'serial console' };

export interface ConsoleAsked {
  readonly vm: string;
  readonly host: string;
  readonly kind: ConsoleKind;
}

const tried = ({ vm, host, kind }: ConsoleAsked) => `Open the ${words[kind]} of ${vm} on ${host}`;

export function notRunning(asked: ConsoleAsked): DroverError {
  return new DroverError({
    code: 'vm-not-running',
    tried: tried(asked),
    cause: `${asked.vm} does not run there`,
    next: `Start ${asked.vm}, or open the console on the host where it runs`,
  });
}

export function consoleBusy(asked: ConsoleAsked, source: unknown): DroverError {
  return new DroverError({
    code: 'console-busy',
    tried: tried(asked),
    cause: 'somebody else has it open, and a serial console has one reader',
    next: 'Wait until they close it, or take it over, which cuts them off',
    source,
  });
}

/** What a document without that kind has instead, and what would help. */
export function consoleMissing(asked: ConsoleAsked, document: ConsoleDocument): DroverError {
  const { vm, kind } = asked;
  const restart = `then shut ${vm} down and start it again`;
  if (kind === 'serial') {
    return new DroverError({
      code: 'console-missing',
      tried: tried(asked),
      cause: `${vm} has no serial port`,
      next: `Add <serial type='pty'/> to its definition, ${restart}; its guest must also write there (console=ttyS0)`,
    });
  }
  const isVnc = document.graphics.some((each) => each.kind === 'vnc');
  const others = [...new Set(document.graphics.map((each) => each.kind))].filter((each) => each !== 'vnc');
  return new DroverError({
    code: 'console-missing',
    tried: tried(asked),
    cause: isVnc
      ? 'its VNC listens at no port or socket that a login to the host reaches'
      : others.length === 0
        ? `${vm} has no graphics`
        : `its graphics are ${others.join(' and ').toUpperCase()} only, and Drover shows VNC`,
    next: `Add <graphics type='vnc' listen='127.0.0.1'/> to its definition, ${restart}, or use its serial console`,
  });
}
