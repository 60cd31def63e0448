import Button from '@mui/material/Button';
import { lazy, type ReactNode, Suspense, useCallback, useRef, useState } from 'react';
import type { ConsoleKind } from '#shared/model/console.ts';
import type { Vm } from '#shared/model/vm.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { actionOf, useVmActions } from '../vms/vmActions.ts';
import styles from './Console.module.css';
import { ConsoleTools } from './ConsoleTools.tsx';
import type { ConsoleHandle } from './consoleHandle.ts';
import { standingWords } from './standingWords.ts';
import { type OpenConsole, useConsole } from './useConsole.ts';

// Each comes when it is first wanted: together they are as large as the rest of the page.
const ScreenView = lazy(async () => ({ default: (await import('./ScreenView.tsx')).ScreenView }));
const SerialView = lazy(async () => ({ default: (await import('./SerialView.tsx')).SerialView }));

/** One console of a VM: how it stands, what can be done with it, and below that the console itself. */
export function ConsoleView({
  vm,
  kind,
  tabs,
  inOwnWindow,
}: {
  readonly vm: Vm;
  readonly kind: ConsoleKind;
  readonly tabs: ReactNode;
  readonly inOwnWindow: boolean;
}) {
  const open = useConsole(vm.id, kind);
  const [handle, setHandle] = useState<ConsoleHandle>();
  const [scaled, setScaled] = useState(true);
  const [guestClipboard, setGuestClipboard] = useState('');
  const place = useRef<HTMLDivElement>(null);
  const onReady = useCallback((ready: ConsoleHandle | undefined) => setHandle(ready), []);
  const { channel, connection, standing } = open;
  const isConnected = standing?.state === 'connected';
  return (
    <section className={styles.console} aria-label={`Console of ${vm.name}`}>
      <div className={styles.bar}>
        {tabs}
        <Standing vm={vm} open={open} />
        <ConsoleTools
          vm={vm}
          kind={kind}
          handle={isConnected ? handle : undefined}
          scaled={scaled}
          onScaled={setScaled}
          guestClipboard={guestClipboard}
          inOwnWindow={inOwnWindow}
          onFullScreen={() => {
            // Refused where nobody clicked; then nothing happens, and that is seen.
            void place.current?.requestFullscreen().catch(() => undefined);
            handle?.focus();
          }}
        />
      </div>
      <Trouble vm={vm} open={open} />
      <div ref={place} className={styles.place} data-quiet={!isConnected}>
        <Suspense fallback={null}>
          {kind === 'serial' && (
            <SerialView key={vm.id} vmName={vm.name} sink={open.sink} onType={open.type} onReady={onReady} />
          )}
          {kind === 'screen' && channel !== undefined && (
            <ScreenView
              key={connection}
              vmName={vm.name}
              channel={channel}
              scaled={scaled}
              onReady={onReady}
              onClipboard={setGuestClipboard}
            />
          )}
        </Suspense>
      </div>
    </section>
  );
}

function Standing({ vm, open }: { readonly vm: Vm; readonly open: OpenConsole }) {
  const { standing, ended } = open;
  if (ended !== undefined) {
    return <StateChip shape="failed" word="Its VM is gone" />;
  }
  const { shape, words } =
    standing === undefined
      ? ({ shape: 'moving', words: 'Opening' } as const)
      : standingWords(standing, vm.name);
  return (
    <span role="status" className={styles.standing}>
      <StateChip shape={shape} word={words} title={words} />
    </span>
  );
}

/** Why it is not connected, and what would help. */
function Trouble({ vm, open }: { readonly vm: Vm; readonly open: OpenConsole }) {
  const actions = useVmActions(vm);
  const { standing, ended } = open;
  if (ended !== undefined) return <ErrorNotice error={ended} />;
  const told = standing === undefined ? undefined : standingWords(standing, vm.name);
  if (told?.offer === 'start') {
    const { verdict, run, text } = actionOf(actions, vm.state === 'suspended' ? 'restore' : 'start');
    return (
      <div className={styles.offer}>
        <ReasonedButton variant="contained" verdict={verdict} onClick={run}>
          {text} {vm.name}
        </ReasonedButton>
      </div>
    );
  }
  if (told?.error === undefined) return null;
  return (
    <ErrorNotice error={told.error}>
      {told.offer === 'take-over' && (
        <Button variant="outlined" color="error" onClick={open.takeOver}>
          Take over the console of {vm.name}
        </Button>
      )}
    </ErrorNotice>
  );
}
