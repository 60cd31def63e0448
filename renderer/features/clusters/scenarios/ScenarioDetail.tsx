import { formatCount } from '../../../ui/format.ts';
import styles from './ScenarioDetail.module.css';

export const sizeOf = ({ hosts, vms }: { readonly hosts: number; readonly vms: number }): string =>
  `${formatCount(hosts, 'host')}, ${formatCount(vms, 'VM')}`;

/** What a scenario is called, how large it is, and what is worth watching in it. */
export function ScenarioDetail({
  title,
  story,
  hosts,
  vms,
}: {
  readonly title: string;
  readonly story: string;
  readonly hosts: number;
  readonly vms: number;
}) {
  return (
    <div className={styles.detail}>
      <h3>
        {title} <span className={styles.size}>{sizeOf({ hosts, vms })}</span>
      </h3>
      {story !== '' && <p>{story}</p>}
    </div>
  );
}
