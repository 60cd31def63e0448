import type { Vm, VmCopy } from '#shared/model/vm.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { useHostName } from '../inventory.ts';

const roles: Readonly<Record<VmCopy['role'], string>> = {
  incoming: 'is taking it in',
  stale: 'has an old definition of it',
  orphan: 'has a copy of it that no task knows',
};

export function VmCopies({ vm }: { readonly vm: Vm }) {
  return (
    <Section title="On other hosts">
      <WarningNotice>
        {vm.copies.map((copy) => (
          <Copy key={copy.hostId} copy={copy} />
        ))}
      </WarningNotice>
    </Section>
  );
}

function Copy({ copy }: { readonly copy: VmCopy }) {
  const host = useHostName(copy.hostId);
  return (
    <p>
      <strong>{host}</strong> {roles[copy.role]};{' '}
      {copy.state === 'unknown' ? 'whether it runs there is not known' : `there it is ${copy.state}`}.
    </p>
  );
}
