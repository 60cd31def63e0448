import Divider from '@mui/material/Divider';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useId } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import type { MenuPlace } from '../../ui/menuPlace.ts';
import styles from './VmActionMenu.module.css';
import { type OfferedAction, useVmActions, type VmActionEntry } from './vmActions.ts';

/** What may be done with a VM, from a row or the pane. What is refused stays to be read, with its reason below it. */
export function VmActionMenu({
  vm,
  place,
  onClose,
  groups,
}: {
  readonly vm: Vm;
  readonly place: MenuPlace;
  readonly onClose: () => void;
  readonly groups: readonly VmActionEntry['group'][];
}) {
  const actions = useVmActions(vm);
  const shown = groups
    .map((group) => actions.filter((action) => action.group === group && !action.ofAnotherState))
    .filter((group) => group.length > 0);
  return (
    <Menu
      open
      onClose={onClose}
      anchorReference="anchorPosition"
      anchorPosition={place}
      slotProps={{
        list: { 'aria-label': `Actions of ${vm.name}`, dense: true },
        paper: { sx: { width: 260 } },
      }}
    >
      {shown.map((group, index) => [
        index > 0 && <Divider key={`above ${group[0]?.id}`} />,
        ...group.map((action) => <Item key={action.id} action={action} onClose={onClose} />),
      ])}
    </Menu>
  );
}

/** Its reason stands below it. */
const refusedStyle = {
  display: 'grid',
  gap: '1px',
  color: 'var(--text-3)',
  cursor: 'not-allowed',
  whiteSpace: 'normal',
};

function Item({
  action,
  onClose,
  ...rest
}: {
  readonly action: OfferedAction;
  readonly onClose: () => void;
}) {
  const reasonId = useId();
  const { verdict, run, text, destructive } = action;
  const refused = !verdict.allowed;
  return (
    <MenuItem
      {...rest}
      aria-disabled={refused}
      aria-describedby={refused ? reasonId : undefined}
      sx={refused ? refusedStyle : destructive === true ? { color: 'var(--bad)' } : undefined}
      onClick={() => {
        if (refused) return;
        onClose();
        run();
      }}
    >
      <span>{text}</span>
      {refused && (
        <span id={reasonId} className={styles.reason}>
          {verdict.reason}
        </span>
      )}
    </MenuItem>
  );
}
