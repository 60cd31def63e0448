import Button, { type ButtonProps } from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';
import { useId } from 'react';
import type { Verdict } from '#shared/rules/verdict.ts';

/** Quiet, but still to be read: the reason hangs on it. */
const refusedStyle = {
  color: 'var(--text-3)',
  borderColor: 'var(--line)',
  backgroundColor: 'var(--track)',
  cursor: 'not-allowed',
  '&:hover': { borderColor: 'var(--line)', backgroundColor: 'var(--track)' },
};

/** A verb that stays visible when it cannot be done and says why, to the pointer, the keyboard and a screen reader. */
export function ReasonedButton({
  verdict,
  onClick,
  children,
  ...rest
}: Omit<ButtonProps, 'disabled' | 'onClick'> & { readonly verdict: Verdict; readonly onClick: () => void }) {
  const reasonId = useId();
  const refused = !verdict.allowed;
  return (
    <Tooltip title={refused ? verdict.reason : ''} describeChild>
      <span>
        <Button
          {...rest}
          aria-disabled={refused}
          aria-describedby={refused ? reasonId : undefined}
          onClick={refused ? undefined : onClick}
          sx={refused ? refusedStyle : undefined}
        >
          {children}
        </Button>
        {refused && (
          <span id={reasonId} className="visually-hidden">
            {verdict.reason}
          </span>
        )}
      </span>
    </Tooltip>
  );
}
