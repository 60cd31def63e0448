import Button from '@mui/material/Button';
import Dialog, { type DialogProps } from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { type ReactNode, useId } from 'react';
import { allowed, refused, type Verdict } from '#shared/rules/verdict.ts';
import { ReasonedButton } from './ReasonedButton.tsx';

/** The form gives the order then, by the button as by Enter. */
const submitted = () => {};

/**
 * A dialog with one order. Where something is lost by it (`destructive`) Cancel has the focus and is the default;
 * elsewhere Enter gives the order.
 */
export function FormDialog({
  title,
  children,
  verb,
  pendingVerb,
  onGive,
  onClose,
  pending = false,
  verdict = allowed,
  destructive = false,
  deliberate = false,
  width = 'xs',
}: {
  readonly title: string;
  readonly children: ReactNode;
  /** The verb with its object: "Remove server-b". */
  readonly verb: string;
  /** What the button says meanwhile. */
  readonly pendingVerb: string;
  readonly onGive: () => void;
  readonly onClose: () => void;
  readonly pending?: boolean;
  /** Why the order cannot be given as the form stands. */
  readonly verdict?: Verdict;
  readonly destructive?: boolean;
  /** Only the button itself gives the order, not Enter in a field. */
  readonly deliberate?: boolean;
  readonly width?: DialogProps['maxWidth'];
}) {
  const titleId = useId();
  return (
    <Dialog
      open
      onClose={onClose}
      maxWidth={width}
      fullWidth
      aria-labelledby={titleId}
      role={destructive ? 'alertdialog' : 'dialog'}
    >
      <form
        noValidate
        style={{ display: 'contents' }}
        onSubmit={(event) => {
          event.preventDefault();
          if (verdict.allowed && !pending && !deliberate) onGive();
        }}
      >
        <DialogTitle id={titleId} sx={{ fontSize: 16, fontWeight: 600, padding: '16px 20px 8px' }}>
          {title}
        </DialogTitle>
        <DialogContent sx={{ padding: '8px 20px 16px', display: 'grid', gap: 2 }}>{children}</DialogContent>
        <DialogActions sx={{ padding: '12px 20px', borderTop: '1px solid var(--line)' }}>
          <Button
            type="button"
            variant={destructive ? 'contained' : 'text'}
            autoFocus={destructive}
            onClick={onClose}
          >
            Cancel
          </Button>
          <ReasonedButton
            verdict={pending ? refused(`${pendingVerb} Wait until it is done.`) : verdict}
            type={deliberate ? 'button' : 'submit'}
            onClick={deliberate ? onGive : submitted}
            variant={destructive ? 'outlined' : 'contained'}
            color={destructive ? 'error' : 'primary'}
          >
            {pending ? pendingVerb : verb}
          </ReasonedButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}
