import { Link } from 'wouter';
import type { Vm } from '#shared/model/vm.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { formatCount, formatMiB } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { hostHref, useHostName } from '../inventory.ts';
import { useVmInterfaces } from './vmDetails.ts';

/** What one wants to know first. */
export function VmSummary({ vm }: { readonly vm: Vm }) {
  const homeName = useHostName(vm.hostId);
  const interfaces = useVmInterfaces(vm);
  const addresses = interfaces?.flatMap((each) => each.addresses) ?? [];
  return (
    <Section title="Summary">
      <Facts
        facts={[
          [
            'Host',
            <Link key="host" href={hostHref(vm.hostId)}>
              {homeName}
            </Link>,
          ],
          [
            'Size',
            <span key="size">
              {formatCount(vm.vcpus, 'vCPU')}, <Quantity value={formatMiB(vm.memoryMiB)} />
              {vm.maxMemoryMiB === vm.memoryMiB ? '' : ` of at most ${formatMiB(vm.maxMemoryMiB).text}`}
            </span>,
          ],
          vm.guestSystem === undefined ? undefined : ['Guest system', vm.guestSystem],
          [
            'Addresses',
            addresses.length === 0 ? (
              <span key="addresses" style={{ color: 'var(--text-3)' }}>
                {noAddress(vm, interfaces !== undefined)}
              </span>
            ) : (
              addresses.map((address) => address.replace(/\/\d+$/, '')).join(', ')
            ),
          ],
          ['Starts with its host', vm.autostart ? 'yes' : 'no'],
        ]}
      />
    </Section>
  );
}

function noAddress(vm: Vm, asked: boolean): string {
  if (!vm.current) return 'not asked: its host does not answer';
  if (vm.state === 'inactive' || vm.state === 'suspended') return 'none while it does not run';
  return asked ? 'none that its host or its agent knows' : 'asking its host…';
}
