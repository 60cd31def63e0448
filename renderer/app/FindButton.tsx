import SearchOutlined from '@mui/icons-material/SearchOutlined';
import { Keys } from '../ui/Keys.tsx';
import styles from './FindButton.module.css';
import { showInFrame } from './frame.ts';

/** Looks like the field that it opens. */
export function FindButton() {
  return (
    <button
      type="button"
      className={styles.find}
      aria-haspopup="dialog"
      aria-keyshortcuts="Control+K Meta+K"
      onClick={() => showInFrame({ palette: true })}
    >
      <SearchOutlined fontSize="small" />
      <span className={styles.words}>Find and do…</span>
      <Keys shortcut="Mod+K" />
    </button>
  );
}
