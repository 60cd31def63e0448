import type { MigrationOptions } from '#shared/model/migration.ts';

/** The options as they stand in the fields of the dialog. */
export interface MigrationForm {
  readonly bandwidth: string;
  readonly downtime: string;
  readonly copyStorage: boolean;
  readonly autoConverge: boolean;
  readonly postCopy: boolean;
}

export const emptyForm: MigrationForm = {
  bandwidth: '',
  downtime: '',
  copyStorage: false,
  autoConverge: false,
  postCopy: false,
};

export interface ReadForm {
  /** undefined while a field cannot be read. */
  readonly options: MigrationOptions | undefined;
  readonly bandwidthProblem: string | undefined;
  readonly downtimeProblem: string | undefined;
}

/** Reads the fields; an empty number leaves the choice to QEMU. */
export function readForm(form: MigrationForm): ReadForm {
  const bandwidth = wholeNumber(form.bandwidth, 1_000_000, 'MiB/s');
  const downtime = wholeNumber(form.downtime, 2_000_000, 'ms');
  const bandwidthProblem = bandwidth.problem;
  const downtimeProblem = downtime.problem;
  if (bandwidthProblem !== undefined || downtimeProblem !== undefined) {
    return { options: undefined, bandwidthProblem, downtimeProblem };
  }
  const { copyStorage, autoConverge, postCopy } = form;
  return {
    options: {
      ...(bandwidth.value === undefined ? {} : { bandwidthMiBPerSecond: bandwidth.value }),
      ...(downtime.value === undefined ? {} : { maxDowntimeMs: downtime.value }),
      copyStorage,
      autoConverge,
      postCopy,
    },
    bandwidthProblem,
    downtimeProblem,
  };
}

function wholeNumber(
  text: string,
  most: number,
  unit: string,
): { readonly value?: number; readonly problem?: string } {
  const trimmed = text.trim();
  if (trimmed === '') return {};
  const value = Number(trimmed);
  if (!/^\d+$/.test(trimmed) || value < 1 || value > most) {
    return {
      problem: `Write a whole number from 1 to ${most.toLocaleString('en')} ${unit}, or leave it empty.`,
    };
  }
  return { value };
}
