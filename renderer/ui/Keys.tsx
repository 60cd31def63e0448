import styles from './Keys.module.css';

/** As the keyboard of this machine has it: Mod is Command on a Mac and Ctrl elsewhere. */
export function keyWords(shortcut: string): readonly string[] {
  const isMac = window.drover?.platform === 'darwin' || navigator.platform.startsWith('Mac');
  return shortcut.split(' ').map((press) =>
    press
      .split('+')
      .map((key) => (key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key))
      .join(isMac ? '' : '+'),
  );
}

/** A shortcut beside its action, for the eye; a screen reader is told by aria-keyshortcuts where that helps. */
export function Keys({ shortcut }: { readonly shortcut: string }) {
  return (
    <span className={styles.keys} aria-hidden="true">
      {keyWords(shortcut).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
