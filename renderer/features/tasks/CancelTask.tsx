import Button from '@mui/material/Button';
import Popover from '@mui/material/Popover';
import { useState } from 'react';
import type { Task } from '#shared/model/task.ts';
import { canCancel } from '#shared/rules/canCancel.ts';
import { refused } from '#shared/rules/verdict.ts';
import { useClient } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { useOrder } from '../../ui/useAsk.ts';

/** Cancels without a further question: what was begun is taken back and the VM runs on where it was. */
export function CancelTask({ task, verb }: { readonly task: Task; readonly verb: string }) {
  const client = useClient();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const cancel = useOrder(() => client.tasks.cancel({ taskId: task.id }));
  return (
    <span ref={setAnchor}>
      <ReasonedButton
        variant="outlined"
        color="error"
        verdict={cancel.pending ? refused('The request is on its way.') : canCancel(task)}
        onClick={() => void cancel.run(undefined)}
      >
        {cancel.pending || task.state === 'cancelling' ? 'Cancelling…' : verb}
      </ReasonedButton>
      <Popover
        open={cancel.error !== undefined && anchor !== null}
        anchorEl={anchor}
        onClose={cancel.clear}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
        slotProps={{ paper: { sx: { maxWidth: 420 } } }}
      >
        {cancel.error !== undefined && (
          <ErrorNotice error={cancel.error}>
            <Button variant="outlined" onClick={cancel.clear}>
              Close
            </Button>
          </ErrorNotice>
        )}
      </Popover>
    </span>
  );
}
