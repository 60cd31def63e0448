import SwapHorizOutlined from '@mui/icons-material/SwapHorizOutlined';
import Button from '@mui/material/Button';
import { openDialog } from '../dialogs.ts';
import { useHostName } from '../inventory.ts';
import styles from './MoveSuggestion.module.css';
import type { Move } from './suggestMove.ts';

/** The obvious next step in a fresh simulated cluster. */
export function MoveSuggestion({ move }: { readonly move: Move }) {
  const { vm, to } = move;
  const from = useHostName(vm.hostId);
  return (
    <section className={styles.suggestion} aria-label="Try this first">
      <p>
        <strong>
          {vm.name} runs on {from}.
        </strong>{' '}
        Move it while it runs: you see its memory go over in rounds, and how long it stands still.
      </p>
      <Button
        variant="contained"
        startIcon={<SwapHorizOutlined />}
        onClick={() => openDialog({ kind: 'migrate', vmId: vm.id, toHostId: to.id })}
      >
        Move {vm.name} to {to.name} and watch it
      </Button>
    </section>
  );
}
