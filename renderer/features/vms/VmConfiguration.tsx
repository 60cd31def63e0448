import { Link } from 'wouter';
import type { Vm } from '#shared/model/vm.ts';
import type { VmFact } from '#shared/model/vmDetails.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { type Fact, Facts } from '../../ui/Facts.tsx';
import { formatCount, formatMiB } from '../../ui/format.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { hostHref, useHostName } from '../inventory.ts';
import styles from './VmConfiguration.module.css';

/** What it is defined as, and what of that waits for its next start. `facts`: as its host told them. */
export function VmConfiguration({
  vm,
  facts,
  pending,
}: {
  readonly vm: Vm;
  readonly facts: readonly VmFact[] | undefined;
  readonly pending: boolean;
}) {
  const homeName = useHostName(vm.hostId);
  const waiting = facts?.filter(({ next }) => next !== undefined) ?? [];
  const home: Fact = [
    'Host',
    <Link key="host" href={hostHref(vm.hostId)}>
      {homeName}
    </Link>,
  ];
  return (
    <Section title="Configuration">
      {waiting.length > 0 && (
        <div className={styles.waiting}>
          <WarningNotice>
            <p>
              {formatCount(waiting.length, 'setting')} {waiting.length === 1 ? 'waits' : 'wait'} for the next
              start of {vm.name}: what is defined is not what runs.
            </p>
          </WarningNotice>
        </div>
      )}
      <Facts
        facts={[
          home,
          ...(facts === undefined ? lastKnown(vm) : facts.map(asFact)),
          ['Starts with its host', vm.autostart ? 'yes' : 'no'],
          ['Defined', vm.persistent ? 'persistently' : 'only while it runs; it is gone when it ends'],
          ['Snapshots', vm.hasSnapshots ? 'yes; it cannot be migrated with them' : 'none'],
          ['UUID', <code key="uuid">{vm.uuid}</code>],
        ]}
      />
      {facts === undefined && pending && (
        <p className={styles.quiet} role="status">
          Asking {homeName} for the rest…
        </p>
      )}
      {facts === undefined && !vm.current && (
        <p className={styles.quiet}>The rest can be read again when {homeName} answers.</p>
      )}
    </Section>
  );
}

function asFact({ name, value, next }: VmFact): Fact {
  if (next === undefined) return [name, value];
  return [
    name,
    <span key={name}>
      {value ?? 'not there now'}
      <span className={styles.next}>
        {next === '' ? 'gone from the next start on' : `${next} from the next start on`}
      </span>
    </span>,
  ];
}

/** Until the host has told the whole of it. */
function lastKnown(vm: Vm): readonly (Fact | undefined)[] {
  return [
    ['vCPUs', vm.vcpus],
    ['Memory', formatMiB(vm.memoryMiB).text],
    vm.guestSystem === undefined ? undefined : ['Guest system', vm.guestSystem],
    ['Machine', `${vm.machine}, ${vm.domainType === 'kvm' ? 'KVM' : 'software emulation'}`],
  ];
}
