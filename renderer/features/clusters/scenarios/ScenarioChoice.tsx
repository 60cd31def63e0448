import { type ReactNode, useId } from 'react';
import { builtInScenarios } from '#shared/model/simulation.ts';
import styles from './ScenarioChoice.module.css';
import { ScenarioDetail, sizeOf } from './ScenarioDetail.tsx';
import { ScenarioPicture } from './ScenarioPicture.tsx';

/** What is chosen where a person brings a file. */
export const ownFile = 'own-file';

/** The scenarios that come with Drover and one's own, in a list; beside it the chosen one, drawn and told. */
export function ScenarioChoice({
  chosen,
  onChoose,
  own,
}: {
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
  /** Shown while one's own file is chosen. */
  readonly own: ReactNode;
}) {
  const group = useId();
  const scenario = builtInScenarios.find(({ name }) => name === chosen);
  const choices = [
    ...builtInScenarios.map((each) => ({ name: each.name, title: each.title, size: sizeOf(each) })),
    { name: ownFile, title: 'Your own file', size: 'YAML' },
  ];
  return (
    <div className={styles.choice}>
      <fieldset className={styles.group}>
        <legend className="visually-hidden">Scenario</legend>
        {choices.map(({ name, title, size }) => (
          <label key={name} className={styles.scenario}>
            <input
              type="radio"
              name={group}
              aria-label={title}
              aria-describedby={`${group}-${name}`}
              checked={name === chosen}
              onChange={() => onChoose(name)}
            />
            <span className={styles.title}>{title}</span>
            <span className={styles.size} id={`${group}-${name}`}>
              {size}
            </span>
          </label>
        ))}
      </fieldset>
      <div className={styles.shown}>
        {scenario === undefined ? (
          own
        ) : (
          <>
            <ScenarioPicture scenario={scenario.name} />
            <div aria-live="polite">
              <ScenarioDetail {...scenario} />
            </div>
          </>
        )}
      </div>
    </div>
  );
}
