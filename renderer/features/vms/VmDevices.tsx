import type { Vm, VmCopy, VmDisk } from '#shared/model/vm.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { useHostName } from '../inventory.ts';
import styles from './VmPane.module.css';

export function VmDisks({ vm }: { readonly vm: Vm }) {
  return (
    <Section title={`Disks (${vm.disks.length})`}>
      {vm.disks.length === 0 ? (
        <p className={styles.quiet}>{vm.name} has no disk.</p>
      ) : (
        <ul className={styles.list}>
          {vm.disks.map((disk) => (
            <Disk key={disk.target} disk={disk} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Disk({ disk }: { readonly disk: VmDisk }) {
  const facts = [
    disk.format,
    `cache ${disk.cache}`,
    ...(disk.device === 'disk' ? [] : [disk.device]),
    ...(disk.readOnly ? ['read only'] : []),
    ...(disk.shareable ? ['shareable'] : []),
  ];
  return (
    <li className={styles.device}>
      <span>
        <strong>{disk.target}</strong> <span className={styles.quiet}>{facts.join(', ')}</span>
      </span>
      <code>{disk.source ?? 'empty drive'}</code>
      {disk.backingChain.length > 0 && (
        <ol className={styles.chain} aria-label={`Backing files of ${disk.target}`}>
          {disk.backingChain.map((file) => (
            <li key={file.path}>
              <span className={styles.quiet}>over </span>
              <code>{file.path}</code> <span className={styles.quiet}>{file.format}</span>
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}

export function VmNics({ vm }: { readonly vm: Vm }) {
  return (
    <Section title={`Network interfaces (${vm.nics.length})`}>
      {vm.nics.length === 0 ? (
        <p className={styles.quiet}>{vm.name} has no network interface.</p>
      ) : (
        <ul className={styles.list}>
          {vm.nics.map((nic) => (
            <li key={nic.mac} className={styles.device}>
              <code>{nic.mac}</code>
              <span className={styles.quiet}>
                {nic.model} on {nic.kind} {nic.source}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

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
