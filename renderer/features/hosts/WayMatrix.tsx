import { Fragment, useId, useState } from 'react';
import { type Diagnosis, type Finding, overallLevel } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import { StateChip } from '../../ui/StateChip.tsx';
import { useHosts } from '../inventory.ts';
import { Findings, type Shown, shownLevel } from './Findings.tsx';
import styles from './WayMatrix.module.css';

type Direction = 'to' | 'from';
const directions: readonly Direction[] = ['to', 'from'];

/** Whether VMs could move to and from each other host: a cell a direction, which opens to what was found there. */
export function WayMatrix({ host, peers }: { readonly host: Host; readonly peers: Diagnosis['peers'] }) {
  const hosts = useHosts();
  const id = useId();
  const [open, setOpen] = useState<{ readonly hostId: HostId; readonly direction: Direction }>();
  if (peers.length === 0)
    return <p className={styles.quiet}>It has no other host in its cluster to exchange VMs with.</p>;
  return (
    <table className={styles.matrix}>
      <caption>Could VMs move between {host.name} and the other hosts?</caption>
      <thead>
        <tr>
          <th scope="col">Other host</th>
          <th scope="col">To it</th>
          <th scope="col">From it</th>
        </tr>
      </thead>
      <tbody>
        {peers.map((peer) => {
          const name = hosts.find((each) => each.id === peer.hostId)?.name ?? peer.hostId;
          const opened = open?.hostId === peer.hostId ? open.direction : undefined;
          const title = (direction: Direction) =>
            direction === 'to' ? `From ${host.name} to ${name}` : `From ${name} to ${host.name}`;
          return (
            <Fragment key={peer.hostId}>
              <tr>
                <th scope="row">{name}</th>
                {directions.map((direction) => {
                  const { shape, word } = shownWay(peer[direction]);
                  const isOpen = opened === direction;
                  return (
                    <td key={direction}>
                      <button
                        type="button"
                        className={styles.cell}
                        aria-label={`${title(direction)}: ${word}`}
                        aria-expanded={isOpen}
                        aria-controls={isOpen ? `${id}-${peer.hostId}` : undefined}
                        onClick={() => setOpen(isOpen ? undefined : { hostId: peer.hostId, direction })}
                      >
                        <StateChip shape={shape} word={word} />
                      </button>
                    </td>
                  );
                })}
              </tr>
              {opened !== undefined && (
                <tr id={`${id}-${peer.hostId}`}>
                  <td colSpan={1 + directions.length} className={styles.found}>
                    <p className={styles.way}>{title(opened)}</p>
                    <Findings findings={peer[opened]} />
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

/** Of hosts that could not be asked nothing is known, for better or worse. */
function shownWay(findings: readonly Finding[]): Shown {
  return findings.every(({ check }) => check === 'migration.peer')
    ? { shape: 'unknown', word: 'Unknown' }
    : shownLevel[overallLevel(findings)];
}
