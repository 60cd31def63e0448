import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import styles from './Console.module.css';

/** Asked each time; it is kept nowhere. */
export function PasswordForm({
  vmName,
  onGive,
}: {
  readonly vmName: string;
  readonly onGive: (password: string) => void;
}) {
  const [password, setPassword] = useState('');
  return (
    <form
      className={styles.over}
      onSubmit={(event) => {
        event.preventDefault();
        onGive(password);
      }}
    >
      <p>
        The screen of {vmName} asks for its VNC password (passwd in its definition). Drover does not keep it.
      </p>
      <TextField
        label="VNC password"
        type="password"
        size="small"
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" variant="contained" disabled={password === ''}>
        Open the screen
      </Button>
    </form>
  );
}
