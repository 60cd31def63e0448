import Dialog from '@mui/material/Dialog';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { ObjectMenu } from '../ui/ActionMenu.tsx';
import { Keys } from '../ui/Keys.tsx';
import { actionsOf } from './actions.ts';
import { showInFrame, useFrame } from './frame.ts';
import styles from './Palette.module.css';
import {
  actionItem,
  findItems,
  type PaletteItem,
  type PaletteKind,
  paletteKinds,
  usePaletteItems,
} from './paletteItems.ts';
import { recentlyUsed, rememberUse } from './recent.ts';

/** One field for everything: what to go to and what to do, found by a few letters and by the keyboard alone. */
export function Palette() {
  return useFrame((frame) => frame.palette) ? <OpenPalette /> : null;
}

const paper = {
  width: 640,
  maxWidth: 'calc(100vw - 32px)',
  maxHeight: 'min(560px, 80vh)',
  marginTop: '10vh',
};

const kinds: readonly (PaletteKind | undefined)[] = [
  undefined,
  'page',
  'host',
  'vm',
  'cluster',
  'task',
  'action',
];

function OpenPalette() {
  const [text, setText] = useState('');
  const [kind, setKind] = useState<PaletteKind>();
  const [within, setWithin] = useState<ObjectMenu>();
  const [chosen, setChosen] = useState(0);
  const [recent] = useState(recentlyUsed);
  const all = usePaletteItems();
  const listId = useId();
  const items = useMemo(
    () =>
      within === undefined
        ? findItems(all, text, kind, recent)
        : findItems(actionsOf(within).map(actionItem), text, undefined, []),
    [all, within, text, kind, recent],
  );
  const current = items[Math.min(chosen, items.length - 1)];
  const close = (): void => showInFrame({ palette: false });
  const write = (next: string): void => {
    setText(next);
    setChosen(0);
  };
  const enter = (menu: ObjectMenu | undefined): void => {
    setWithin(menu);
    write('');
  };
  const give = (item: PaletteItem): void => {
    if (item.verdict?.allowed === false) return;
    rememberUse(item.id);
    // The focus is back where it was before the action opens anything of its own, to which it then returns.
    flushSync(close);
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const move = moves[event.key];
    const atEnd = event.currentTarget.selectionStart === text.length;
    if (move !== undefined && items.length > 0)
      setChosen(move(Math.min(chosen, items.length - 1), items.length));
    else if (event.key === 'Enter' && current !== undefined) give(current);
    else if (event.key === 'ArrowRight' && atEnd && current?.menu !== undefined) enter(current.menu());
    else if ((event.key === 'ArrowLeft' || event.key === 'Backspace') && text === '' && within !== undefined)
      enter(undefined);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog
      open
      onClose={close}
      maxWidth={false}
      transitionDuration={0}
      // The dialog itself is the paper; its name would otherwise be that of what lies around it.
      slotProps={{
        paper: { sx: paper, 'aria-label': 'Find and do', 'aria-labelledby': undefined },
        container: { sx: { alignItems: 'flex-start' } },
      }}
    >
      <div className={styles.field}>
        {within !== undefined && <span className={styles.within}>{within.name}</span>}
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={current === undefined ? undefined : `${listId} ${current.id}`}
          aria-label={
            within === undefined
              ? 'Find a page, host, VM, cluster, task or action'
              : `Actions of ${within.name}`
          }
          placeholder={within === undefined ? 'Find a page, host, VM, task or action' : 'What to do'}
          spellCheck={false}
          value={text}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      {within === undefined && (
        <div className={styles.kinds} role="group" aria-label="Only these">
          {kinds.map((each) => (
            <button
              key={each ?? 'all'}
              type="button"
              aria-pressed={each === kind}
              onClick={() => {
                setKind(each);
                setChosen(0);
              }}
            >
              {each === undefined ? 'All' : paletteKinds[each]}
            </button>
          ))}
        </div>
      )}
      <div className={styles.list} role="listbox" id={listId} aria-label="Found">
        {items.map((item, index) => (
          <Line
            key={item.id}
            id={`${listId} ${item.id}`}
            item={item}
            selected={item === current}
            recent={within === undefined && text === '' && recent.includes(item.id)}
            onPoint={() => setChosen(index)}
            onGive={() => give(item)}
          />
        ))}
      </div>
      {items.length === 0 && <p className={styles.nothing}>Nothing here is called “{text}”.</p>}
      <p className={styles.hint}>
        <span>
          <Keys shortcut="Enter" /> go or do
        </span>
        {within === undefined ? (
          <span>
            <Keys shortcut="→" /> its actions
          </span>
        ) : (
          <span>
            <Keys shortcut="←" /> back
          </span>
        )}
        <span>
          <Keys shortcut="Tab" /> only hosts, VMs…
        </span>
        <span>
          <Keys shortcut="Esc" /> close
        </span>
      </p>
    </Dialog>
  );
}

const moves: Readonly<Record<string, (place: number, count: number) => number>> = {
  ArrowDown: (place, count) => (place + 1) % count,
  ArrowUp: (place, count) => (place + count - 1) % count,
  PageDown: (place, count) => Math.min(place + 8, count - 1),
  PageUp: (place) => Math.max(place - 8, 0),
};

function Line({
  id,
  item,
  selected,
  recent,
  onPoint,
  onGive,
}: {
  readonly id: string;
  readonly item: PaletteItem;
  readonly selected: boolean;
  readonly recent: boolean;
  readonly onPoint: () => void;
  readonly onGive: () => void;
}) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (selected) line.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  const reason = item.verdict?.allowed === false ? item.verdict.reason : undefined;
  return (
    // The field has the focus and the keys; the pointer is a convenience.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      ref={line}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-disabled={reason !== undefined}
      className={styles.line}
      data-destructive={item.destructive === true}
      onPointerMove={onPoint}
      onClick={onGive}
    >
      <span className={styles.title}>
        {item.title}
        {reason !== undefined && <span className={styles.reason}>{reason}</span>}
      </span>
      <span className={styles.detail}>{recent ? `${item.detail}, used lately` : item.detail}</span>
      {item.shortcut !== undefined && <Keys shortcut={item.shortcut} />}
    </div>
  );
}
