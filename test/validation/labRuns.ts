/** One migration in the lab: what was asked for, and what libvirt and the guest said of it. */
export interface LabRun {
  readonly memoryMiB: number;
  readonly workingSetMiB: number;
  readonly writesMiBPerSecond: number;
  readonly capMiBPerSecond: number;
  /** What the guest really wrote while it was moved. */
  readonly keptMiBPerSecond: number;
  /** undefined where it was given up. */
  readonly totalMs: number | undefined;
  readonly givenUpMs: number | undefined;
  readonly downtimeMs: number;
  readonly setupMs: number;
  readonly sentMiB: number;
  readonly zeroMiB: number;
  readonly normalMiB: number;
  readonly synchronisations: number;
  /** Of the machine, over a minute. */
  readonly load: number;
}

export interface LabRuns {
  readonly limitMs: number;
  readonly runs: readonly LabRun[];
}
