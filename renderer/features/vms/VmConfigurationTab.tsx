import type { Vm } from '#shared/model/vm.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { VmConfiguration } from './VmConfiguration.tsx';
import { VmDisks } from './VmDisks.tsx';
import { VmNics } from './VmNics.tsx';
import styles from './VmSections.module.css';
import { useVmDetails } from './vmDetails.ts';

/** What the VM is made of; its host is asked once for all of it. */
export function VmConfigurationTab({ vm }: { readonly vm: Vm }) {
  const { value, error, pending } = useVmDetails(vm);
  return (
    <>
      {error !== undefined && (
        <div className={styles.error}>
          <ErrorNotice error={error} />
        </div>
      )}
      <div className={styles.columns}>
        <div>
          <VmConfiguration vm={vm} facts={value?.configuration} pending={pending} />
        </div>
        <div>
          <VmDisks vm={vm} details={value?.disks} pending={pending} />
          <VmNics vm={vm} />
        </div>
      </div>
    </>
  );
}
