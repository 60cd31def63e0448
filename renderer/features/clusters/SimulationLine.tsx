import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import { formatDateAndTime } from '../../ui/format.ts';
import styles from './SimulationLine.module.css';

/** What a simulated cluster is, quietly: which scenario and course, and who else is connected to it. */
export function SimulationLine({ cluster }: { readonly cluster: PhysicalCluster }) {
  const { simulation } = cluster;
  if (simulation === undefined) return null;
  const others = (simulation.status?.consoles ?? 1) - 1;
  return (
    <p className={styles.line}>
      {others > 0 && (
        <span title="Whatever one console changes or breaks, all of them see.">
          {others === 1 ? 'Another console is' : `${others} other consoles are`} connected too ·{' '}
        </span>
      )}
      Scenario {simulation.title}, seed {simulation.seed}
    </p>
  );
}

/** What there is to see in it, and what is worth watching, as its scenario says; and what its timeline has next. */
export function SimulationStory({ cluster }: { readonly cluster: PhysicalCluster }) {
  const { story, standing, status } = cluster.simulation ?? {};
  const next = standing === 'running' ? status?.nextEvent : undefined;
  if (story === undefined && next === undefined) return null;
  return (
    <div className={styles.story}>
      {story !== undefined && <p>{story}</p>}
      {next !== undefined && (
        <p>
          Next, on {formatDateAndTime(next.at)}: {next.title}.
        </p>
      )}
    </div>
  );
}
