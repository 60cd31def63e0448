import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import styles from './Console.module.css';
import type { ConsoleHandle } from './consoleHandle.ts';
import { nonceDocument } from './nonceDocument.ts';

/** Where a terminal takes what the guest says; resolves when it has been drawn. */
export interface TerminalSink {
  write?: ((bytes: Uint8Array) => Promise<void>) | undefined;
}

const colours = { background: '#0c1014', foreground: '#d0d6dc', cursor: '#2dd4bf' } as const;
const keptLines = 5000;

/** A terminal that outlives the connections of its console: it goes on where it was. */
export default function SerialView({
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
    if (place.current === null) return;
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
    terminal.open(place.current);
    terminal.textarea?.setAttribute('aria-label', `Type into the serial console of ${vmName}`);
    fit.fit();
    const resized = new ResizeObserver(() => fit.fit());
    resized.observe(place.current);
    const encoder = new TextEncoder();
    terminal.onData((text) => onType(encoder.encode(text)));
    terminal.onBinary((text) => onType(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    sink.write = (bytes) => new Promise((resolve) => terminal.write(bytes, resolve));
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
      sink.write = undefined;
      onReady(undefined);
      resized.disconnect();
      terminal.dispose();
    };
  }, [vmName, sink, onType, onReady]);

  return <div ref={place} className={styles.serial} data-testid="serial" />;
}
