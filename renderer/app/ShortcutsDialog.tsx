import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import { useId } from 'react';
import { Keys, keyWords } from '../ui/Keys.tsx';
import { actionsOf, useFrameActions, useThing } from './actions.ts';
import { showInFrame, useFrame } from './frame.ts';
import { setPreferences, usePreferences } from './preferences.ts';
import styles from './ShortcutsDialog.module.css';

/** Keys that belong to what has the focus, not to an action. */
const inPlace = [
  { shortcut: '↓', title: 'In a table: from name to name' },
  { shortcut: 'Enter', title: 'Open what has the focus beside its list' },
  { shortcut: 'Shift+F10', title: 'The menu of what has the focus' },
  { shortcut: 'Esc', title: 'Close what was opened last' },
] as const;

/** Every key there is, out of the same list that runs them. */
export function ShortcutsDialog() {
  return useFrame((frame) => frame.shortcuts) ? <OpenDialog /> : null;
}

function OpenDialog() {
  const frame = useFrameActions();
  const thing = useThing();
  const singleKeys = usePreferences((preferences) => preferences.singleKeys);
  const titleId = useId();
  const close = (): void => showInFrame({ shortcuts: false });
  const own = thing === undefined ? [] : actionsOf(thing);
  const groups = [
    ['Anywhere', frame],
    [thing?.name ?? '', own],
    ['In place', inPlace],
  ] as const;
  return (
    <Dialog open onClose={close} fullWidth maxWidth="sm" aria-labelledby={titleId}>
      <DialogTitle id={titleId} sx={{ fontSize: 16, fontWeight: 600, padding: '16px 20px 8px' }}>
        Keyboard shortcuts
      </DialogTitle>
      <DialogContent sx={{ padding: '0 20px 16px', display: 'grid', gap: 2 }}>
        {groups.map(([title, actions]) => {
          const keyed = actions.flatMap((action) =>
            action.shortcut === undefined ? [] : [{ title: action.title, shortcut: action.shortcut }],
          );
          if (keyed.length === 0) return null;
          return (
            <section key={title} aria-label={title}>
              <h2 className={styles.heading}>{title}</h2>
              <dl className={styles.keys}>
                {keyed.map((action) => (
                  <div key={action.title}>
                    <dt>{action.title.replace('…', '')}</dt>
                    <dd>
                      <Keys shortcut={action.shortcut} />
                      <span className="visually-hidden">{keyWords(action.shortcut).join(' then ')}</span>
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
        <FormControlLabel
          control={
            <Checkbox
              checked={singleKeys}
              onChange={(_, checked) => setPreferences({ singleKeys: checked })}
            />
          }
          label="Single keys act, such as M or G H. Turn them off if you dictate to this computer."
        />
      </DialogContent>
      <DialogActions sx={{ padding: '12px 20px', borderTop: '1px solid var(--line)' }}>
        <Button variant="contained" autoFocus onClick={close}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
