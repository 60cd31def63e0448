import { useId } from 'react';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import { formatMiB } from '../../ui/format.ts';
import styles from './MigrateDialog.module.css';

export interface Destination {
  readonly hostId: HostId;
  readonly allowed: boolean;
  readonly reason?: string | undefined;
}

/** Every other host of the cluster, with yes or its one reason. Those that can take the VM come first. */
export function DestinationList({
  destinations,
  hosts,
  chosen,
  pending,
  fromName,
  onChoose,
}: {
  readonly destinations: readonly Destination[];
  readonly hosts: ReadonlyMap<HostId, Host>;
  readonly chosen: HostId | undefined;
  readonly pending: boolean;
  readonly fromName: string;
  readonly onChoose: (host: HostId) => void;
}) {
  const group = useId();
  const ordered = [...destinations].sort((a, b) => Number(b.allowed) - Number(a.allowed));
  return (
    <fieldset className={styles.group}>
      <legend className={styles.heading}>Where to</legend>
      {pending && <p className={styles.quiet}>Looking which hosts can take it…</p>}
      {!pending && ordered.length === 0 && (
        <p className={styles.quiet}>{fromName} is the only host of its cluster.</p>
      )}
      {ordered.map((destination) => {
        const host = hosts.get(destination.hostId);
        const reasonId = `${group}-${destination.hostId}`;
        return (
          <label
            key={destination.hostId}
            className={`${styles.destination} ${destination.allowed ? '' : styles.refused}`}
          >
            <input
              type="radio"
              name={group}
              aria-label={host?.name}
              aria-describedby={reasonId}
              checked={destination.hostId === chosen}
              // Not disabled: its reason is to be read with the keyboard, too.
              aria-disabled={!destination.allowed}
              onChange={() => {
                if (destination.allowed) onChoose(destination.hostId);
              }}
            />
            <span className={styles.destinationName}>{host?.name ?? destination.hostId}</span>
            <span className={styles.destinationFact} id={reasonId}>
              {destination.allowed ? roomOf(host) : `No: ${destination.reason ?? 'the host gave no reason.'}`}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

function roomOf(host: Host | undefined): string {
  if (host?.capacity === undefined) return 'Can take it';
  return `Can take it: ${formatMiB(host.capacity.memoryFreeMiB).text} of ${formatMiB(host.capacity.memoryMiB).text} free`;
}
