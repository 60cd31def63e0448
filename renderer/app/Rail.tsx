import ComputerOutlined from '@mui/icons-material/ComputerOutlined';
import DashboardOutlined from '@mui/icons-material/DashboardOutlined';
import DnsOutlined from '@mui/icons-material/DnsOutlined';
import KeyboardDoubleArrowLeftOutlined from '@mui/icons-material/KeyboardDoubleArrowLeftOutlined';
import ListAltOutlined from '@mui/icons-material/ListAltOutlined';
import SwapHorizOutlined from '@mui/icons-material/SwapHorizOutlined';
import type { ElementType } from 'react';
import { Link, useLocation } from 'wouter';
import { setPreferences } from './preferences.ts';
import styles from './Rail.module.css';

const places: readonly { readonly href: string; readonly name: string; readonly Icon: ElementType }[] = [
  { href: '/overview', name: 'Overview', Icon: DashboardOutlined },
  { href: '/hosts', name: 'Hosts', Icon: DnsOutlined },
  { href: '/vms', name: 'Virtual machines', Icon: ComputerOutlined },
  { href: '/migrations', name: 'Migrations', Icon: SwapHorizOutlined },
  { href: '/activity', name: 'Activity', Icon: ListAltOutlined },
];

export function Rail({ collapsed }: { readonly collapsed: boolean }) {
  const [path] = useLocation();
  return (
    <nav className={styles.rail} aria-label="Pages" data-collapsed={collapsed}>
      {places.map(({ href, name, Icon }) => (
        <Link
          key={href}
          href={href}
          className={styles.place}
          title={name}
          aria-current={path === href || path.startsWith(`${href}/`) ? 'page' : undefined}
        >
          <Icon fontSize="small" aria-hidden="true" />
          <span className={styles.name}>{name}</span>
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
