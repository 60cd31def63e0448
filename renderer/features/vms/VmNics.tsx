import type { Vm, VmNic } from '#shared/model/vm.ts';
import type { VmInterface } from '#shared/model/vmDetails.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { formatBytes, formatLinkRate } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import styles from './VmNics.module.css';
import { type SeenInterface, useVmInterfaces } from './vmDetails.ts';

/** Each network interface: where it is plugged in, its addresses, and what goes over it just now. */
export function VmNics({ vm }: { readonly vm: Vm }) {
  const seen = useVmInterfaces(vm);
  return (
    <Section title={`Network interfaces (${vm.nics.length})`}>
      {vm.nics.length === 0 ? (
        <p className={styles.quiet}>{vm.name} has no network interface.</p>
      ) : (
        <ul className={styles.list}>
          {vm.nics.map((nic) => (
            <Nic
              key={nic.mac}
              vm={vm}
              nic={nic}
              seen={seen?.find(({ mac }) => mac.toLowerCase() === nic.mac.toLowerCase())}
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Nic({
  vm,
  nic,
  seen,
}: {
  readonly vm: Vm;
  readonly nic: VmNic;
  readonly seen: SeenInterface | undefined;
}) {
  const runs = vm.state === 'active' || vm.state === 'paused';
  return (
    <li className={styles.nic}>
      <p className={styles.head}>
        <code>{nic.mac}</code>
        <span className={styles.quiet}>
          {nic.model === '' ? 'the usual model' : nic.model} on {places[nic.kind] ?? nic.kind} {nic.source}
        </span>
        {seen?.link === 'down' && <StateChip shape="failed" word="Link down" />}
      </p>
      {runs && (
        <dl className={styles.facts}>
          <dt>Addresses</dt>
          <dd>{addressesOf(vm, seen)}</dd>
          <dt>Now</dt>
          <dd>
            <Rates seen={seen} />
          </dd>
        </dl>
      )}
    </li>
  );
}

const places: Readonly<Record<string, string>> = {
  bridge: 'bridge',
  network: 'network',
  direct: 'the host device',
};

const sources: Readonly<Record<NonNullable<VmInterface['addressesFrom']>, string>> = {
  agent: 'told by its guest agent',
  lease: "leased by its network's DHCP",
  arp: 'seen by its host (ARP)',
};

function addressesOf(vm: Vm, seen: SeenInterface | undefined) {
  if (!vm.current) return <span className={styles.quiet}>not asked: its host does not answer</span>;
  if (seen === undefined) return <span className={styles.quiet}>asking its host…</span>;
  if (seen.addresses.length === 0) {
    return (
      <span className={styles.quiet}>
        none known: no guest agent answers, no DHCP of its host gave one, and its host has seen none
      </span>
    );
  }
  return (
    <>
      {seen.addresses.join(', ')}
      {seen.addressesFrom !== undefined && (
        <span className={styles.quiet}> {sources[seen.addressesFrom]}</span>
      )}
    </>
  );
}

function Rates({ seen }: { readonly seen: SeenInterface | undefined }) {
  const { rates, receivedBytes, sentBytes } = seen ?? {};
  if (rates === undefined) return <span className={styles.quiet}>measuring…</span>;
  return (
    <span
      title={
        receivedBytes === undefined || sentBytes === undefined
          ? undefined
          : `since it was plugged in: ${formatBytes(receivedBytes).text} received, ${formatBytes(sentBytes).text} sent`
      }
    >
      <Quantity value={formatLinkRate(rates.receive)} /> received,{' '}
      <Quantity value={formatLinkRate(rates.send)} /> sent
    </span>
  );
}
