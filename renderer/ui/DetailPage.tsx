import ArrowBackOutlined from '@mui/icons-material/ArrowBackOutlined';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import styles from './DetailPage.module.css';
import { SectionHeading } from './DetailPane.tsx';
import { Page } from './Page.tsx';

/** What stands in a pane beside a list, on a page of its own: in as many columns as there is room for. */
export function DetailPage({
  name,
  state,
  list,
  backHref,
  actions,
  children,
}: {
  readonly name: string;
  readonly state?: ReactNode;
  /** What one goes back to: "Virtual machines". */
  readonly list: string;
  readonly backHref: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Page
      title={name}
      before={
        <Link
          href={backHref}
          className={styles.back}
          aria-label={`Back to ${list}`}
          title={`Back to ${list}`}
        >
          <ArrowBackOutlined fontSize="small" />
        </Link>
      }
      note={state}
      actions={actions}
    >
      <SectionHeading value="h2">
        <div className={styles.sections}>{children}</div>
      </SectionHeading>
    </Page>
  );
}
