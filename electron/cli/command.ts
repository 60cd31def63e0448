import type { OnInterrupt } from './followTask.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly session: Session;
  readonly output: Output;
  readonly terminal: Terminal | undefined;
  readonly onInterrupt: OnInterrupt;
  /** The command has answered, and not all of it was done: exit code 1 without a further word. */
  readonly fail: () => void;
}

/** Opens a session, runs a command in it and ends the session, whatever happens. */
export type Run = (body: (context: CommandContext) => Promise<void>) => Promise<void>;
