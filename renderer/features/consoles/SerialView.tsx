import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import styles from './Console.module.css';
import type { ConsoleHandle } from './consoleHandle.ts';
import { nonceDocument, openUnderPolicy } from './nonceDocument.ts';
import type { TerminalSink } from './terminalSink.ts';

const colours = { background: '#0c1014', foreground: '#d0d6dc', cursor: '#2dd4bf' } as const;
const keptLines = 5000;

/** A terminal that outlives the connections of its console: it goes on where it was. */
export function SerialView({
  vmName,
  sink,
  onType,
  onReady,
}: {
  readonly vmName: string;
  readonly sink: TerminalSink;
  readonly onType: (bytes: Uint8Array) => void;
  readonly onReady: (handle: ConsoleHandle | undefined) => void;
}) {
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const terminal = new Terminal({
      fontFamily: '"JetBrains Mono Variable", monospace',
      fontSize: 14,
      scrollback: keptLines,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      theme: colours,
      documentOverride: nonceDocument(),
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    openUnderPolicy(() => terminal.open(parent));
    terminal.textarea?.setAttribute('aria-label', `Type into the serial console of ${vmName}`);
    fit.fit();
    const resized = new ResizeObserver(() => fit.fit());
    resized.observe(parent);
    const encoder = new TextEncoder();
    terminal.onData((text) => onType(encoder.encode(text)));
    terminal.onBinary((text) => onType(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    const detach = sink.attach((bytes) => new Promise((resolve) => terminal.write(bytes, resolve)));
    onReady({
      kind: 'serial',
      focus: () => terminal.focus(),
      type(text) {
        terminal.paste(text);
        terminal.focus();
      },
      selected: () => terminal.getSelection(),
    });
    terminal.focus();
    return () => {
      detach();
      onReady(undefined);
      resized.disconnect();
      terminal.dispose();
    };
  }, [vmName, sink, onType, onReady]);

  return <div ref={place} className={styles.serial} data-testid="serial" />;
}
