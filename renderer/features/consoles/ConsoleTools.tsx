import Button from '@mui/material/Button';
import { useState } from 'react';
import type { ConsoleKind } from '#shared/model/console.ts';
import type { Vm } from '#shared/model/vm.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { ActionMenuButton, type MenuAction } from '../../ui/ActionMenu.tsx';
import { navigate } from '../../ui/hashLocation.ts';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { vmHref } from '../inventory.ts';
import styles from './Console.module.css';
import { openConsoleWindow } from './consoleAddress.ts';
import type { ConsoleHandle } from './consoleHandle.ts';
import { chordOf, usualChords } from './keys.ts';
import { SendKeysDialog } from './SendKeysDialog.tsx';
import { savePicture } from './savePicture.ts';
import { TypeTextDialog } from './TypeTextDialog.tsx';

/** What a terminal's own keyboard sends, for whoever has it taken by the browser or the desktop. */
const serialKeys = [
  ['Ctrl+C', '\u0003'],
  ['Ctrl+D', '\u0004'],
  ['Ctrl+Z', '\u001a'],
  ['Esc', '\u001b'],
] as const;

export function ConsoleTools({
  vm,
  kind,
  handle,
  scaled,
  onScaled,
  guestClipboard,
  inOwnWindow,
  onFullScreen,
}: {
  readonly vm: Vm;
  readonly kind: ConsoleKind;
  /** While it is connected. */
  readonly handle: ConsoleHandle | undefined;
  readonly scaled: boolean;
  readonly onScaled: (scaled: boolean) => void;
  readonly guestClipboard: string;
  readonly inOwnWindow: boolean;
  readonly onFullScreen: () => void;
}) {
  const [dialog, setDialog] = useState<'text' | 'keys'>();
  const close = () => setDialog(undefined);
  const whileConnected =
    handle === undefined ? refused(`The console of ${vm.name} is not connected.`) : allowed;
  return (
    <div className={styles.tools}>
      <ActionMenuButton
        words="Keys"
        menu={{
          name: `the keyboard of ${vm.name}`,
          groups: [
            {
              key: 'keys',
              actions: [
                ...keyActions(handle, kind),
                ...(kind === 'screen'
                  ? [{ key: 'other', words: 'Send other keys…', run: () => setDialog('keys') }]
                  : []),
              ].map((action) => ({ ...action, verdict: whileConnected })),
            },
          ],
        }}
      />
      <ActionMenuButton
        words="Text"
        menu={{
          name: `the text of ${vm.name}`,
          groups: [
            {
              key: 'text',
              actions: [
                {
                  key: 'type',
                  words: 'Type text into the guest…',
                  verdict: whileConnected,
                  run: () => setDialog('text'),
                },
                copyAction(handle, kind, guestClipboard),
              ],
            },
          ],
        }}
      />
      {kind === 'screen' && (
        <ReasonedButton
          variant="outlined"
          verdict={whileConnected}
          onClick={() => {
            if (handle?.kind === 'screen') void savePicture(handle, vm.name);
          }}
        >
          Screenshot
        </ReasonedButton>
      )}
      {kind === 'screen' && (
        <Button variant="outlined" aria-pressed={!scaled} onClick={() => onScaled(!scaled)}>
          {scaled ? 'Show 1:1' : 'Fit'}
        </Button>
      )}
      <Button variant="outlined" onClick={onFullScreen}>
        Full screen
      </Button>
      {!inOwnWindow && (
        <Button
          variant="outlined"
          onClick={() => {
            openConsoleWindow(vm.id, kind);
            // A serial console has one reader, and it is the window's now.
            navigate(vmHref(vm.id));
          }}
        >
          Own window
        </Button>
      )}
      {dialog === 'text' && handle !== undefined && (
        <TypeTextDialog vmName={vm.name} handle={handle} onClose={close} />
      )}
      {dialog === 'keys' && handle?.kind === 'screen' && (
        <SendKeysDialog vmName={vm.name} press={handle.press} onClose={close} />
      )}
    </div>
  );
}

function keyActions(handle: ConsoleHandle | undefined, kind: ConsoleKind): readonly MenuAction[] {
  if (kind === 'serial') {
    return serialKeys.map(([words, text]) => ({
      key: words,
      words: `Send ${words}`,
      run: () => handle?.type(text),
    }));
  }
  return usualChords.map((words) => ({
    key: words,
    words: `Send ${words}`,
    run() {
      const chord = chordOf(words);
      if (chord.ok && handle?.kind === 'screen') handle.press(chord.keysyms);
    },
  }));
}

function copyAction(
  handle: ConsoleHandle | undefined,
  kind: ConsoleKind,
  guestClipboard: string,
): MenuAction {
  if (kind === 'serial') {
    const selection = handle?.kind === 'serial' ? handle.selected() : '';
    return {
      key: 'copy',
      words: 'Copy what is selected',
      verdict: selection === '' ? refused('Nothing is selected in the terminal.') : allowed,
      run: () => void navigator.clipboard.writeText(selection),
    };
  }
  return {
    key: 'copy',
    words: "Copy the guest's clipboard",
    verdict:
      guestClipboard === ''
        ? refused('The guest has put nothing on it; most guests need an agent for that.')
        : allowed,
    run: () => void navigator.clipboard.writeText(guestClipboard),
  };
}
