import type { OnInterrupt } from './followTask.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly session: Session;
  readonly output: Output;
  readonly terminal: Terminal | undefined;
  readonly onInterrupt: OnInterrupt;
  /** For a command that has answered, and whose answer is bad news. */
  readonly exitWith: (code: 1) => void;
}

/** Opens a session, runs a command in it and ends the session, whatever happens. */
export type Run = (body: (context: CommandContext) => Promise<void>) => Promise<void>;
