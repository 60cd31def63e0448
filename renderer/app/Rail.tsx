import KeyboardDoubleArrowLeftOutlined from '@mui/icons-material/KeyboardDoubleArrowLeftOutlined';
import { Link, useLocation } from 'wouter';
import { mainActions } from '#shared/model/mainActions.ts';
import { keyWords } from '../ui/Keys.tsx';
import { pages } from './pages.ts';
import { setPreferences } from './preferences.ts';
import styles from './Rail.module.css';

export function Rail({ collapsed }: { readonly collapsed: boolean }) {
  const [path] = useLocation();
  return (
    <nav className={styles.rail} aria-label="Pages" data-collapsed={collapsed}>
      {pages.map(({ action, href, Icon }) => (
        <Link
          key={href}
          href={href}
          className={styles.place}
          title={`${mainActions[action].title} (${keyWords(mainActions[action].shortcut).join(' then ')})`}
          aria-current={path === href || path.startsWith(`${href}/`) ? 'page' : undefined}
        >
          <Icon fontSize="small" aria-hidden="true" />
          <span className={styles.name}>{mainActions[action].title}</span>
        </Link>
      ))}
      <button
        type="button"
        className={styles.collapse}
        aria-label={collapsed ? 'Show the names of the pages' : 'Show icons only'}
        aria-pressed={collapsed}
        onClick={() => setPreferences({ railCollapsed: !collapsed })}
      >
        <KeyboardDoubleArrowLeftOutlined fontSize="small" className={styles.arrow} />
      </button>
    </nav>
  );
}
