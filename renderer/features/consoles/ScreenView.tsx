import RFB from '@novnc/novnc';
import { useEffect, useRef, useState } from 'react';
import styles from './Console.module.css';
import type { ConsoleHandle } from './consoleHandle.ts';
import { typedKeysyms } from './keys.ts';
import { PasswordForm } from './PasswordForm.tsx';
import type { ScreenChannel } from './screenChannel.ts';

interface Trouble {
  readonly kind: 'password' | 'refused' | 'broke-off';
  readonly detail?: string;
}

/** One connection to a VM's screen; another connection is another view. */
export function ScreenView({
  vmName,
  channel,
  scaled,
  onReady,
  onClipboard,
}: {
  readonly vmName: string;
  readonly channel: ScreenChannel;
  readonly scaled: boolean;
  readonly onReady: (handle: ConsoleHandle | undefined) => void;
  /** The guest has put text on its clipboard. */
  readonly onClipboard: (text: string) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const rfb = useRef<RFB>(undefined);
  const [trouble, setTrouble] = useState<Trouble>();

  useEffect(() => {
    if (place.current === null) return;
    const made = new RFB(place.current, channel, { shared: true });
    made.background = 'transparent';
    const listen = (name: string, hear: (detail: unknown) => void) =>
      made.addEventListener(name, (event) => hear(event instanceof CustomEvent ? event.detail : undefined));
    listen('connect', () => {
      setTrouble(undefined);
      onReady(handleOf(made));
      made.focus();
    });
    listen('credentialsrequired', () => setTrouble({ kind: 'password' }));
    listen('securityfailure', (detail) => setTrouble({ kind: 'refused', ...textOf(detail, 'reason') }));
    listen('disconnect', () => setTrouble((before) => before ?? { kind: 'broke-off' }));
    listen('clipboard', (detail) => onClipboard(textOf(detail, 'text').detail ?? ''));
    rfb.current = made;
    return () => {
      onReady(undefined);
      rfb.current = undefined;
      made.disconnect();
    };
  }, [channel, onReady, onClipboard]);

  useEffect(() => {
    if (rfb.current !== undefined) rfb.current.scaleViewport = scaled;
  }, [scaled]);

  return (
    <>
      <div ref={place} className={styles.screen} data-scaled={scaled} data-testid="screen" />
      {trouble?.kind === 'password' && (
        <PasswordForm
          vmName={vmName}
          onGive={(password) => {
            setTrouble(undefined);
            rfb.current?.sendCredentials({ password });
          }}
        />
      )}
      {trouble?.kind === 'refused' && (
        <p className={styles.over} role="alert">
          The screen of {vmName} refused the password
          {trouble.detail === undefined ? '' : ` (${trouble.detail})`}. Look at passwd in its definition; it
          is asked for again when the screen reconnects.
        </p>
      )}
      {trouble?.kind === 'broke-off' && (
        <p className={styles.over} role="alert">
          The VNC server of {vmName} broke off, or asks for a sign-in that Drover does not speak (TLS, SASL).
          Use the serial console, or let its VNC listen on 127.0.0.1 without TLS: Drover reaches it through
          SSH.
        </p>
      )}
    </>
  );
}

function handleOf(rfb: RFB): ConsoleHandle {
  return {
    kind: 'screen',
    focus: () => rfb.focus(),
    press(keysyms) {
      for (const keysym of keysyms) rfb.sendKey(keysym, null, true);
      for (const keysym of keysyms.toReversed()) rfb.sendKey(keysym, null, false);
      rfb.focus();
    },
    type(text) {
      for (const keysym of typedKeysyms(text)) rfb.sendKey(keysym, null);
      rfb.focus();
    },
    setClipboard: (text) => rfb.clipboardPasteFrom(text),
    picture: () => new Promise((resolve) => rfb.toBlob(resolve, 'image/png')),
  };
}

function textOf(detail: unknown, name: string): { readonly detail?: string } {
  if (typeof detail !== 'object' || detail === null) return {};
  const value: unknown = Reflect.get(detail, name);
  return typeof value === 'string' ? { detail: value } : {};
}
