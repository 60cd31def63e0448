import Button from '@mui/material/Button';
import { useLocation } from 'wouter';
import type { Vm } from '#shared/model/vm.ts';
import { useLive } from '../../transport/hooks.ts';
import { ActionMenuButton } from '../../ui/ActionMenu.tsx';
import { DetailPane } from '../../ui/DetailPane.tsx';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { useKeptView } from '../../ui/useViewState.ts';
import { consoleHref } from '../consoles/consoleAddress.ts';
import { openDialog } from '../dialogs.ts';
import { migrationHref, vmPageHref } from '../inventory.ts';
import { useShownVmState } from './useShownVmState.ts';
import { useVmMenu } from './useVmMenu.ts';
import { VmSections } from './VmSections.tsx';
import { canMigrateSomewhere } from './vmVerdicts.ts';

export function VmPane({ vm, onClose }: { readonly vm: Vm; readonly onClose: () => void }) {
  const keptView = useKeptView();
  return (
    <DetailPane
      name={vm.name}
      state={<VmStateNow vm={vm} />}
      pageHref={keptView(vmPageHref(vm.id))}
      onClose={onClose}
      actions={<VmVerbs vm={vm} />}
    >
      <VmSections vm={vm} />
    </DetailPane>
  );
}

export function VmStateNow({ vm }: { readonly vm: Vm }) {
  const { shape, word, detail } = useShownVmState()(vm);
  return (
    <StateChip
      shape={shape}
      word={detail === undefined || vm.state === 'active' ? word : `${word}: ${detail}`}
      title={detail}
    />
  );
}

export function VmVerbs({ vm }: { readonly vm: Vm }) {
  return (
    <>
      <Move vm={vm} />
      <Button variant="outlined" href={`#${consoleHref(vm.id, 'screen')}`}>
        Console
      </Button>
      <More vm={vm} />
    </>
  );
}

/** What is not a move between states: those stand in the diagram. */
function More({ vm }: { readonly vm: Vm }) {
  return <ActionMenuButton menu={useVmMenu(['guest', 'definition'])(vm)} words="More" />;
}

/** The way to a migration, or, while one runs, to that one. */
function Move({ vm }: { readonly vm: Vm }) {
  const [, navigate] = useLocation();
  const hosts = useLive((model) => model.hosts);
  const holder = useLive((model) => (vm.heldBy === undefined ? undefined : model.tasks.get(vm.heldBy)));
  if (holder?.kind === 'migration') {
    return (
      <Button variant="contained" onClick={() => navigate(migrationHref(holder.id))}>
        Watch its migration
      </Button>
    );
  }
  return (
    <ReasonedButton
      variant="contained"
      verdict={canMigrateSomewhere(vm, hosts)}
      onClick={() => openDialog({ kind: 'migrate', vmId: vm.id })}
    >
      Migrate…
    </ReasonedButton>
  );
}
