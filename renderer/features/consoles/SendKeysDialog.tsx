import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { chordOf } from './keys.ts';

export function SendKeysDialog({
  vmName,
  press,
  onClose,
}: {
  readonly vmName: string;
  readonly press: (keysyms: readonly number[]) => void;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState('');
  const chord = text.trim() === '' ? undefined : chordOf(text);
  return (
    <FormDialog
      title={`Send keys to ${vmName}`}
      verb={`Send them to ${vmName}`}
      pendingVerb="Sending"
      verdict={chord?.ok === true ? allowed : refused('Write which keys first.')}
      onClose={onClose}
      onGive={() => {
        onClose();
        if (chord?.ok === true) setTimeout(() => press(chord.keysyms));
      }}
    >
      <TextField
        label="Keys, pressed together"
        placeholder="Alt+SysRq+b"
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={chord?.ok === false}
        helperText={
          chord?.ok === false
            ? `"${chord.word}" names no key. Join names by +: Ctrl, Alt, Shift, Super, Enter, Esc, Tab, Del, F1 to F24, PageUp, or one character.`
            : 'Such as Ctrl+Alt+F7, Alt+SysRq+b, Super+r'
        }
      />
    </FormDialog>
  );
}
