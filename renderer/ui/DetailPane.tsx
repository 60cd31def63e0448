import CloseOutlined from '@mui/icons-material/CloseOutlined';
import OpenInFullOutlined from '@mui/icons-material/OpenInFullOutlined';
import IconButton from '@mui/material/IconButton';
import { createContext, type ReactNode, useContext } from 'react';
import { Link } from 'wouter';
import styles from './DetailPane.module.css';

/** What stands beside a list: at 1440 px both are usable, on a narrower window it covers the list's end. */
export function DetailPane({
  name,
  state,
  actions,
  pageHref,
  onClose,
  children,
}: {
  readonly name: string;
  readonly state?: ReactNode;
  readonly actions?: ReactNode;
  /** Where the same stands on a page of its own. */
  readonly pageHref?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    // Escape closes the pane from anywhere within it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      className={styles.pane}
      aria-label={`Details of ${name}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      <div className={styles.head}>
        <div className={styles.title}>
          <h2>{name}</h2>
          {state}
        </div>
        {pageHref !== undefined && (
          <IconButton
            component={Link}
            href={pageHref}
            aria-label={`Open ${name} as a page`}
            title="Open as a page"
            size="small"
            sx={{ marginLeft: 'auto' }}
          >
            <OpenInFullOutlined sx={{ fontSize: 16 }} />
          </IconButton>
        )}
        <IconButton aria-label={`Close details of ${name}`} onClick={onClose} size="small">
          <CloseOutlined fontSize="small" />
        </IconButton>
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      <div className={styles.body}>{children}</div>
    </aside>
  );
}

/** What has to be said before anything else; takes no room where there is nothing. */
export function Notices({ children }: { readonly children: ReactNode }) {
  return <div className={styles.notices}>{children}</div>;
}

/** Of a section's heading: in a pane below the object's name, on a page of its own below the page's title. */
export const SectionHeading = createContext<'h2' | 'h3'>('h3');

export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const level = useContext(SectionHeading);
  return (
    <section className={styles.section} aria-label={title}>
      {level === 'h2' ? (
        <h2 className={styles.heading}>{title}</h2>
      ) : (
        <h3 className={styles.heading}>{title}</h3>
      )}
      {children}
    </section>
  );
}
