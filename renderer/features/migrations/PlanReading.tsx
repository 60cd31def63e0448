import type { ErrorData } from '#shared/contract/errors.ts';
import type { Plan } from '#shared/model/plan.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import styles from './MigrateDialog.module.css';

/** The plan to be read before anything happens: steps with their reasons, warnings, what else could have been. */
export function PlanReading({
  plan,
  pending,
  error,
  waiting,
}: {
  readonly plan: Plan | undefined;
  readonly pending: boolean;
  readonly error: ErrorData | undefined;
  readonly waiting: boolean;
}) {
  if (error !== undefined && !pending) return <ErrorNotice error={error} />;
  if (waiting && plan === undefined) {
    return <p className={styles.quiet}>The plan appears here when a host can take it.</p>;
  }
  if (plan === undefined)
    return <p className={styles.quiet}>Asking both hosts about CPU, storage and ports…</p>;
  return (
    <div className={styles.plan} data-stale={pending}>
      <section aria-label="Plan">
        <h3 className={styles.heading}>What will happen</h3>
        <ol className={styles.steps}>
          {plan.steps.map((step, index) => (
            <li key={step.id}>
              <span className={styles.number}>{index}</span>
              <span>{step.title}</span>
              <small>{sentence(step.reason, plan.subject.vmName)}</small>
            </li>
          ))}
        </ol>
      </section>
      {plan.warnings.length > 0 && (
        <WarningNotice>
          {plan.warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </WarningNotice>
      )}
      {plan.rejected.length > 0 && (
        <section aria-label="Other ways">
          <h3 className={styles.heading}>Why not another way</h3>
          <table className={styles.rejected}>
            <tbody>
              {plan.rejected.map((other) => (
                <tr key={other.title}>
                  <th scope="row">{other.title}</th>
                  <td>{other.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

/** A VM's name is written as it is, even where a sentence begins with it. */
function sentence(text: string, name: string | undefined): string {
  if (name !== undefined && text.startsWith(name)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
