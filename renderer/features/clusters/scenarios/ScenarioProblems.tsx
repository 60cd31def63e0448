import type { ScenarioProblem } from '#shared/scenario/readScenario.ts';
import { formatCount } from '../../../ui/format.ts';
import noticeStyles from '../../../ui/Notice.module.css';
import { StateShape } from '../../../ui/StateChip.tsx';
import styles from './ScenarioProblems.module.css';

/** Each line of a scenario's file that is wrong, and why. */
export function ScenarioProblems({
  name,
  problems,
}: {
  readonly name: string;
  readonly problems: readonly ScenarioProblem[];
}) {
  return (
    <div className={`${noticeStyles.notice} ${noticeStyles.bad}`} role="alert">
      <StateShape shape="failed" />
      <div className={noticeStyles.text}>
        <p>
          {name} cannot be used: {formatCount(problems.length, 'thing is', 'things are')} wrong in it.
        </p>
        <ul
          className={styles.problems}
          aria-label={`What is wrong in ${name}`}
          // It may be longer than its room, and then the keyboard must reach it to scroll.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
        >
          {problems.map(({ line, column, where, reason }) => (
            <li key={`${line}:${column} ${where} ${reason}`}>
              <span className={styles.line}>Line {line}</span>
              <span>
                {where !== '' && <code>{where}: </code>}
                {reason}
              </span>
            </li>
          ))}
        </ul>
        <p className={noticeStyles.next}>Mend it and choose it again.</p>
      </div>
    </div>
  );
}
