import type { ReactNode } from 'react';
import { Campus, DataCentre, OwnFile } from './largePictures.tsx';
import styles from './ScenarioPicture.module.css';
import { BadDay, NoisyNeighbours, PatchNight, QuietWeekend, TwoServers, WebShop } from './smallPictures.tsx';

const pictures: Readonly<Record<string, () => ReactNode>> = {
  'two-servers': TwoServers,
  'web-shop': WebShop,
  'patch-night': PatchNight,
  'noisy-neighbours': NoisyNeighbours,
  'quiet-weekend': QuietWeekend,
  campus: Campus,
  'data-centre': DataCentre,
  'bad-day': BadDay,
};

/** A scenario's story as a drawing; whatever it shows is said in the story's words beside it. */
export function ScenarioPicture({ scenario }: { readonly scenario: string }) {
  const Picture = pictures[scenario] ?? OwnFile;
  return (
    <svg className={styles.picture} viewBox="0 0 320 128" aria-hidden="true" focusable="false">
      <Picture />
    </svg>
  );
}
