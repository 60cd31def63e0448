import ExpandMoreOutlined from '@mui/icons-material/ExpandMoreOutlined';
import MoreVertOutlined from '@mui/icons-material/MoreVertOutlined';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { type MouseEvent, type ReactNode, useId, useState } from 'react';
import type { Verdict } from '#shared/rules/verdict.ts';
import styles from './ActionMenu.module.css';
import { Keys } from './Keys.tsx';

/** One line of a menu: a verb with its object, and why not where it cannot be done just now. */
export interface MenuAction {
  readonly key: string;
  /** In the menu of its object: "Pause". */
  readonly words: string;
  /** Whole by itself, for the palette and a screen reader: "Pause web-03". The words and the object's name unless given. */
  readonly title?: string;
  /** Its key while the object is the one on the page: "M", "F2". */
  readonly shortcut?: string;
  readonly verdict?: Verdict;
  /** Something is lost by it. */
  readonly destructive?: boolean;
  readonly run: () => void;
}

export interface ActionGroup {
  readonly key: string;
  /** Shown above the group; a screen reader is told the menu's name, and each action's own words. */
  readonly title?: string;
  readonly actions: readonly MenuAction[];
}

/** Everything that can be done with one object. */
export interface ObjectMenu {
  /** Of the object: "server-b". */
  readonly name: string;
  readonly groups: readonly ActionGroup[];
}

/** Where a menu hangs: on an element, or at the place that was pointed at. */
export type MenuPlace =
  | { readonly at: 'element'; readonly element: HTMLElement }
  | { readonly at: 'point'; readonly left: number; readonly top: number };

/** Where a `contextmenu` event wants its menu: under the pointer, or, asked for by the keyboard, on what has the focus. */
export function placeOf(event: MouseEvent<HTMLElement>): MenuPlace {
  if (event.clientX !== 0 || event.clientY !== 0)
    return { at: 'point', left: event.clientX, top: event.clientY };
  return {
    at: 'element',
    element: event.target instanceof HTMLElement ? event.target : event.currentTarget,
  };
}

/** The open menu of an object. What is refused stays in it to be read and reached, with its reason below it. */
export function ActionMenu({
  menu,
  place,
  onClose,
}: {
  readonly menu: ObjectMenu;
  readonly place: MenuPlace;
  readonly onClose: () => void;
}) {
  const groups = menu.groups.filter((group) => group.actions.length > 0);
  return (
    <Menu
      open
      onClose={onClose}
      variant="menu"
      {...(place.at === 'element'
        ? { anchorEl: place.element }
        : { anchorReference: 'anchorPosition', anchorPosition: place })}
      slotProps={{
        paper: { ...regionNamed(nameOf(menu)), sx: { width: 272 } },
        list: { 'aria-label': nameOf(menu), dense: true, disabledItemsFocusable: true },
      }}
      // A second right-click closes it instead of showing the browser's own menu over it.
      onContextMenu={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      {groups.flatMap((group, index) => [
        index > 0 && <Divider key={`${group.key} line`} component="li" sx={{ my: '4px !important' }} />,
        group.title !== undefined && (
          <li key={`${group.key} title`} className={styles.title} aria-hidden="true">
            {group.title}
          </li>
        ),
        ...group.actions.map((action) => (
          <ActionItem key={`${group.key} ${action.key}`} action={action} onClose={onClose} />
        )),
      ])}
    </Menu>
  );
}

const destructive = { color: 'var(--bad)' };

/** Its reason stands below it. */
const refused = {
  display: 'grid',
  gap: '1px',
  color: 'var(--text-3)',
  cursor: 'not-allowed',
  whiteSpace: 'normal',
};

function ActionItem({ action, onClose }: { readonly action: MenuAction; readonly onClose: () => void }) {
  const reasonId = useId();
  const { verdict } = action;
  const reason = verdict !== undefined && !verdict.allowed ? verdict.reason : undefined;
  return (
    <MenuItem
      sx={reason === undefined ? (action.destructive === true ? destructive : undefined) : refused}
      aria-disabled={reason !== undefined}
      aria-describedby={reason === undefined ? undefined : reasonId}
      onClick={() => {
        if (reason !== undefined) return;
        onClose();
        action.run();
      }}
    >
      <span>{action.words}</span>
      {action.shortcut !== undefined && (
        <span className={styles.keys}>
          <Keys shortcut={action.shortcut} />
        </span>
      )}
      {reason !== undefined && (
        <span id={reasonId} className={styles.reason}>
          {reason}
        </span>
      )}
    </MenuItem>
  );
}

/** The button that opens an object's menu, for whoever does not right-click. */
export function ActionMenuButton({ menu, words }: { readonly menu: ObjectMenu; readonly words?: string }) {
  const [place, setPlace] = useState<MenuPlace>();
  return (
    <>
      {words === undefined ? (
        <MenuTrigger name={nameOf(menu)} open={place !== undefined} onOpen={setPlace} />
      ) : (
        <Button
          variant="outlined"
          aria-label={`${words} actions of ${menu.name}`}
          aria-haspopup="menu"
          aria-expanded={place !== undefined}
          endIcon={<ExpandMoreOutlined fontSize="small" />}
          onClick={(event) => setPlace({ at: 'element', element: event.currentTarget })}
        >
          {words}
        </Button>
      )}
      {place !== undefined && <ActionMenu menu={menu} place={place} onClose={() => setPlace(undefined)} />}
    </>
  );
}

/** The button alone, where the menu stands elsewhere in the document. */
export function MenuTrigger({
  name,
  open,
  onOpen,
}: {
  readonly name: string;
  readonly open: boolean;
  readonly onOpen: (place: MenuPlace) => void;
}) {
  return (
    <IconButton
      size="small"
      aria-label={name}
      title={name}
      aria-haspopup="menu"
      aria-expanded={open}
      onClick={(event) => {
        event.stopPropagation();
        onOpen({ at: 'element', element: event.currentTarget });
      }}
    >
      <MoreVertOutlined fontSize="small" />
    </IconButton>
  );
}

/** What is within offers the object's menu on right-click, and by the keyboard's menu key on whatever has the focus. */
export function ContextMenuArea({
  menu,
  className,
  children,
}: {
  readonly menu: ObjectMenu;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) {
  const [place, setPlace] = useState<MenuPlace>();
  return (
    <div
      className={className}
      onContextMenu={(event) => {
        event.preventDefault();
        setPlace(placeOf(event));
      }}
    >
      {children}
      {place !== undefined && <ActionMenu menu={menu} place={place} onClose={() => setPlace(undefined)} />}
    </div>
  );
}

/** What floats stands outside of the page's regions, so it is one itself. */
export const regionNamed = (name: string) => ({ role: 'region', 'aria-label': name }) as const;

export const nameOf = (menu: ObjectMenu): string => `Actions of ${menu.name}`;
