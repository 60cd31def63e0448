import PauseOutlined from '@mui/icons-material/PauseOutlined';
import PlayArrowOutlined from '@mui/icons-material/PlayArrowOutlined';
import SkipNextOutlined from '@mui/icons-material/SkipNextOutlined';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { useId, useState } from 'react';
import type { ClusterId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import { type ClockReading, clockRates, type WorldStatus } from '#shared/model/simulation.ts';
import { refused, type Verdict } from '#shared/rules/verdict.ts';
import { useClient } from '../../transport/hooks.ts';
import { formatDateAndTime, formatDuration } from '../../ui/format.ts';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { giveOrder } from '../orders.ts';
import styles from './ClusterClock.module.css';
import { clockWords, rateWord } from './clockWords.ts';
import { canBreak } from './simulatedHosts.ts';
import { useClusterNow } from './simulatedTime.ts';

const stepsMs = [10_000, 60_000, 600_000] as const;

/** A simulated cluster's own clock, and what can be done with it. */
export function ClusterClock({ cluster }: { readonly cluster: PhysicalCluster }) {
  const { simulation } = cluster;
  const clock = simulation?.status?.clock;
  if (simulation === undefined || clock === undefined) return null;
  const runs = simulation.standing === 'running';
  const able = canBreak({ cluster, simulation });
  return (
    <div className={styles.clock} role="group" aria-label="Simulated clock" data-paused={clock.paused}>
      <Steps id={cluster.id} able={able} />
      <PauseOrGo id={cluster.id} clock={clock} able={able} />
      <Jump id={cluster.id} able={able} next={simulation.status?.nextEvent} />
      <Reading id={cluster.id} clock={clock} runs={runs} />
      <Speeds id={cluster.id} clock={clock} able={able} />
    </div>
  );
}

interface Part {
  readonly id: ClusterId;
  readonly clock: ClockReading;
  readonly able: Verdict;
}

function PauseOrGo({ id, clock, able }: Part) {
  const client = useClient();
  const words = clock.paused
    ? `Let the simulated clock go on at ${rateWord(clock.chosenRate)}`
    : 'Pause the simulated clock';
  return (
    <Tooltip title={able.allowed ? words : able.reason} describeChild={!able.allowed}>
      <span>
        <IconButton
          size="small"
          aria-label={words}
          aria-disabled={!able.allowed}
          onClick={() => {
            if (able.allowed)
              void giveOrder(() => client.clusters.setClock({ clusterId: id, paused: !clock.paused }));
          }}
        >
          {clock.paused ? <PlayArrowOutlined fontSize="small" /> : <PauseOutlined fontSize="small" />}
        </IconButton>
      </span>
    </Tooltip>
  );
}

function Reading({
  id,
  clock,
  runs,
}: {
  readonly id: ClusterId;
  readonly clock: ClockReading;
  readonly runs: boolean;
}) {
  const now = useClusterNow(id, clock.rate > 1 ? 250 : 1000);
  const wordsId = useId();
  const { short, whole } = clockWords(clock, runs);
  return (
    <div className={styles.reading} title={whole} data-slow={short !== 'simulated time'}>
      <time dateTime={new Date(now).toISOString()} aria-label="Simulated time" aria-describedby={wordsId}>
        {formatDateAndTime(now)}
      </time>
      <span className={styles.words} aria-hidden="true">
        {short}
      </span>
      <span id={wordsId} className="visually-hidden">
        {whole}
      </span>
    </div>
  );
}

function Speeds({ id, clock, able }: Part) {
  const client = useClient();
  return (
    <div className={styles.speeds} role="group" aria-label="Speed of the simulated clock">
      {clockRates.map((rate) => (
        <button
          key={rate}
          type="button"
          aria-disabled={!able.allowed}
          aria-pressed={rate === clock.chosenRate}
          aria-label={`${rateWord(rate)}: ${speedWords[rate]}`}
          title={able.allowed ? speedWords[rate] : able.reason}
          onClick={() => {
            if (able.allowed) void giveOrder(() => client.clusters.setClock({ clusterId: id, rate }));
          }}
        >
          {rateWord(rate)}
        </button>
      ))}
    </div>
  );
}

const speedWords: Readonly<Record<(typeof clockRates)[number], string>> = {
  1: 'as fast as real time',
  10: '10 s pass each second',
  60: '1 min passes each second',
  600: '10 min pass each second',
};

/** Only a paused clock can be stepped; the room stays reserved so that nothing beside it moves. */
function Steps({ id, able }: Omit<Part, 'clock'>) {
  const client = useClient();
  const { pending, give } = useOneOrder();
  return (
    <div className={styles.steps} role="group" aria-label="Step the paused clock">
      {stepsMs.map((milliseconds) => {
        const { text } = formatDuration(milliseconds);
        return (
          <ReasonedButton
            key={milliseconds}
            variant="outlined"
            verdict={pending ? refused('It is being stepped.') : able}
            aria-label={`Step on by ${text}`}
            onClick={() => give(() => client.clusters.step({ clusterId: id, milliseconds }))}
          >
            +{text}
          </ReasonedButton>
        );
      })}
    </div>
  );
}

interface JumpProps extends Omit<Part, 'clock'> {
  readonly next: WorldStatus['nextEvent'];
}

/** Says what its timeline has next; what comes about by itself before that is an event, too. */
function Jump({ id, able, next }: JumpProps) {
  const client = useClient();
  const { pending, give } = useOneOrder();
  const verdict = pending ? refused('It is on its way.') : able;
  const planned = next === undefined ? '' : `, at the latest ${formatDateAndTime(next.at)}: ${next.title}`;
  return (
    <Tooltip title={verdict.allowed ? `Jump to the next event${planned}` : verdict.reason} describeChild>
      <IconButton
        size="small"
        aria-label="Jump to the next event"
        aria-disabled={!verdict.allowed}
        onClick={() => {
          if (verdict.allowed) give(() => client.clusters.jump({ clusterId: id }));
        }}
      >
        <SkipNextOutlined fontSize="small" />
      </IconButton>
    </Tooltip>
  );
}

/** An order that takes its time, and is not given again meanwhile. */
function useOneOrder(): {
  readonly pending: boolean;
  readonly give: (order: () => Promise<unknown>) => void;
} {
  const [pending, setPending] = useState(false);
  const give = async (order: () => Promise<unknown>): Promise<void> => {
    setPending(true);
    await giveOrder(order);
    setPending(false);
  };
  return { pending, give: (order) => void give(order) };
}
