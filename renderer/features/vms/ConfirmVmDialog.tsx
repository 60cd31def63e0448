import type { ReactNode } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { formatAgo, formatCount, formatMiB } from '../../ui/format.ts';
import { useNow } from '../../ui/useNow.ts';
import { useHostName } from '../inventory.ts';
import { orderVm } from './vmOrders.ts';
import { beganAt } from './vmWork.ts';

type ConfirmedVerb = 'force-off' | 'reset' | 'discard' | 'undefine';

const words: Readonly<Record<ConfirmedVerb, { readonly title: string; readonly verb: string }>> = {
  'force-off': { title: 'Force off', verb: 'Force off' },
  reset: { title: 'Reset', verb: 'Reset' },
  discard: { title: 'Discard the saved memory of', verb: 'Discard the memory of' },
  undefine: { title: 'Undefine', verb: 'Undefine' },
};

/** Before something is lost: of which VM, what, and since when it has been there. Cancel is the default. */
export function ConfirmVmDialog({
  vm,
  verb,
  onClose,
}: {
  readonly vm: Vm;
  readonly verb: ConfirmedVerb;
  readonly onClose: () => void;
}) {
  const client = useClient();
  const { title, verb: word } = words[verb];
  return (
    <FormDialog
      title={`${title} ${vm.name}?`}
      verb={`${word} ${vm.name}`}
      pendingVerb="Asking…"
      destructive
      onClose={onClose}
      onGive={() => {
        void orderVm(client, vm.id, { verb });
        onClose();
      }}
    >
      <Loss vm={vm} verb={verb} />
    </FormDialog>
  );
}

function Loss({ vm, verb }: { readonly vm: Vm; readonly verb: ConfirmedVerb }): ReactNode {
  const home = useHostName(vm.hostId);
  switch (verb) {
    case 'force-off':
      return (
        <>
          <p>
            <strong>{vm.name}</strong> on {home} is cut off at once, as if its plug were pulled. Its guest is
            not asked: whatever it has not yet written to its disks is lost.
          </p>
          <RunningSince vm={vm} />
          {!vm.persistent && (
            <p>It is defined only while it runs, so {home} forgets it as well. Its disks stay.</p>
          )}
        </>
      );
    case 'reset':
      return (
        <>
          <p>
            <strong>{vm.name}</strong> on {home} starts anew at once, as if its reset button were pressed. Its
            guest is not asked: whatever it has not yet written to its disks is lost.
          </p>
          <RunningSince vm={vm} />
        </>
      );
    case 'discard':
      return (
        <>
          <p>
            The memory of <strong>{vm.name}</strong> ({formatMiB(vm.memoryMiB).text}), saved on {home} when it
            was suspended, is deleted. {vm.name} is inactive then.
          </p>
          <p>
            It is as if its plug had been pulled at that moment: programs that were running are gone, and
            whatever they had not written to its disks is lost.
          </p>
        </>
      );
    case 'undefine':
      return (
        <>
          <p>
            {home} forgets <strong>{vm.name}</strong>: its configuration ({formatCount(vm.vcpus, 'vCPU')},{' '}
            {formatMiB(vm.memoryMiB).text}, {formatCount(vm.disks.length, 'disk')},{' '}
            {formatCount(vm.nics.length, 'network interface')}), its firmware's settings
            {vm.state === 'suspended' ? ' and its saved memory are' : ' are'} deleted.
          </p>
          <Disks vm={vm} />
          <p>
            To keep its configuration, write it down first: <code>drover vm xml {vm.name}</code>
          </p>
        </>
      );
    default:
      return verb satisfies never;
  }
}

function RunningSince({ vm }: { readonly vm: Vm }) {
  const now = useNow(10_000);
  const tasks = useLive((model) => model.tasks);
  const at = beganAt(vm.id, tasks);
  return at === undefined ? null : <p>Drover started it {formatAgo(at, now).text}.</p>;
}

function Disks({ vm }: { readonly vm: Vm }) {
  const paths = vm.disks.flatMap((disk) => disk.source ?? []);
  if (paths.length === 0) return <p>It has no disks.</p>;
  return (
    <p style={{ overflowWrap: 'anywhere' }}>
      Its disks stay where they are:{' '}
      {paths.map((path, place) => (
        <span key={path}>
          {place > 0 && ', '}
          <code>{path}</code>
        </span>
      ))}
    </p>
  );
}
