import { useId } from 'react';
import { builtInScenarios, type ScenarioSummary } from '#shared/model/simulation.ts';
import { formatCount } from '../../ui/format.ts';
import styles from './ScenarioChoice.module.css';

export const sizeOf = (scenario: ScenarioSummary): string =>
  `${formatCount(scenario.hosts, 'host')}, ${formatCount(scenario.vms, 'VM')}`;

/** The scenarios that come with Drover, each with what is worth watching in it. */
export function ScenarioChoice({
  chosen,
  onChoose,
}: {
  readonly chosen: string;
  readonly onChoose: (scenario: ScenarioSummary) => void;
}) {
  const group = useId();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Scenario</legend>
      {builtInScenarios.map((scenario) => (
        <label key={scenario.name} className={styles.scenario}>
          <input
            type="radio"
            name={group}
            aria-label={scenario.title}
            aria-describedby={`${group}-${scenario.name}`}
            checked={scenario.name === chosen}
            onChange={() => onChoose(scenario)}
          />
          <span>
            <strong>{scenario.title}</strong> <span className={styles.size}>{sizeOf(scenario)}</span>
          </span>
          <span className={styles.story} id={`${group}-${scenario.name}`}>
            {scenario.story}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
