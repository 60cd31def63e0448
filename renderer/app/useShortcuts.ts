import { useEffect, useRef } from 'react';
import { pressOf, ShortcutReader, writesText } from '../ui/shortcuts.ts';
import { type Action, actionsOf, useFrameActions, useThing } from './actions.ts';
import { usePreferences } from './preferences.ts';

/** Whatever is open above the page has the keys to itself; a list that waits to be shown is not. */
const above = ['dialog', 'alertdialog', 'menu', 'listbox']
  .map((role) => `[role="${role}"]:not([hidden])`)
  .join(', ');

/** Every action that has a key, run by it: those of the frame, and those of what the page is about. */
export function useShortcuts(): void {
  const frame = useFrameActions();
  const thing = useThing();
  const singleKeys = usePreferences((preferences) => preferences.singleKeys);
  const actions = [...frame, ...(thing === undefined ? [] : actionsOf(thing))];
  const latest = useRef<readonly Action[]>(actions);
  latest.current = actions;
  useEffect(() => {
    const reader = new ShortcutReader();
    const hear = (event: KeyboardEvent): void => {
      const press = pressOf(event);
      if (press === undefined || event.defaultPrevented || event.repeat) return;
      const modified = press.startsWith('Mod+');
      if (!modified && (!singleKeys || writesText(event.target))) return;
      if (document.querySelector(above) !== null) return;
      const known = latest.current.flatMap(({ shortcut }) => shortcut ?? []);
      const shortcut = reader.take(press, event.timeStamp, known);
      const action = latest.current.find((each) => each.shortcut === shortcut && shortcut !== undefined);
      if (action === undefined) return;
      event.preventDefault();
      if (action.verdict?.allowed !== false) action.run();
    };
    addEventListener('keydown', hear);
    const endMenu = window.drover?.onMainAction((id) =>
      latest.current.find((action) => action.id === id)?.run(),
    );
    return () => {
      removeEventListener('keydown', hear);
      endMenu?.();
    };
  }, [singleKeys]);
}
