import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import type { ConsoleHandle } from './consoleHandle.ts';

/** Text is pasted here and typed there: it works in any guest, at a boot menu and at a login. */
export function TypeTextDialog({
  vmName,
  handle,
  onClose,
}: {
  readonly vmName: string;
  readonly handle: ConsoleHandle;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState('');
  return (
    <FormDialog
      title={`Type text into ${vmName}`}
      verb={`Type it into ${vmName}`}
      pendingVerb="Typing"
      verdict={text === '' ? refused('Write what to type first.') : allowed}
      deliberate
      onClose={onClose}
      onGive={() => {
        onClose();
        // The dialog gives the focus back when it is gone; then it is the guest's.
        setTimeout(() => {
          if (handle.kind === 'screen') handle.setClipboard(text);
          handle.type(text);
        });
      }}
    >
      <TextField
        label="Text"
        multiline
        minRows={4}
        maxRows={12}
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        helperText={
          handle.kind === 'screen'
            ? 'Typed key by key, as on a keyboard of the guest’s own layout; a new line is Enter.'
            : 'Sent as it stands; a new line is Enter.'
        }
      />
    </FormDialog>
  );
}
