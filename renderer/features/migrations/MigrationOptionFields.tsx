import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import styles from './MigrateDialog.module.css';
import type { MigrationForm, ReadForm } from './migrationForm.ts';

export function MigrationOptionFields({
  form,
  read,
  vmName,
  onChange,
}: {
  readonly form: MigrationForm;
  readonly read: ReadForm;
  readonly vmName: string;
  readonly onChange: (form: MigrationForm) => void;
}) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.heading}>How</legend>
      <Option
        name="Copy the disks as well"
        effect="For hosts without shared storage; takes as long as the disks are large."
        checked={form.copyStorage}
        onChange={(copyStorage) => onChange({ ...form, copyStorage })}
      />
      <Option
        name="Slow the guest down if it writes too fast"
        effect="Auto-converge: takes CPU time from the guest until its memory can be copied."
        checked={form.autoConverge}
        onChange={(autoConverge) => onChange({ ...form, autoConverge })}
      />
      <Option
        name="Switch to post-copy after the first round"
        effect={`Always finishes, but until it has, losing either host or the link between them loses ${vmName}. Cannot be cancelled then.`}
        checked={form.postCopy}
        onChange={(postCopy) => onChange({ ...form, postCopy })}
      />
      <div className={styles.numbers}>
        <NumberField
          label="Bandwidth limit"
          unit="MiB/s"
          value={form.bandwidth}
          usual="no limit"
          problem={read.bandwidthProblem}
          onChange={(bandwidth) => onChange({ ...form, bandwidth })}
        />
        <NumberField
          label="Allowed downtime"
          unit="ms"
          value={form.downtime}
          usual="300"
          problem={read.downtimeProblem}
          onChange={(downtime) => onChange({ ...form, downtime })}
        />
      </div>
    </fieldset>
  );
}

function Option({
  name,
  effect,
  checked,
  onChange,
}: {
  readonly name: string;
  readonly effect: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  return (
    <label className={styles.option}>
      <input
        type="checkbox"
        aria-label={name}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{name}</span>
      <small>{effect}</small>
    </label>
  );
}

function NumberField({
  label,
  unit,
  value,
  usual,
  problem,
  onChange,
}: {
  readonly label: string;
  readonly unit: string;
  readonly value: string;
  readonly usual: string;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  return (
    <TextField
      label={label}
      value={value}
      placeholder={usual}
      error={problem !== undefined}
      helperText={problem}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{
        inputLabel: { shrink: true },
        htmlInput: { inputMode: 'numeric' },
        input: { endAdornment: <InputAdornment position="end">{unit}</InputAdornment> },
      }}
    />
  );
}
