import { isOwnPage } from './pageOrigin.ts';

/** As much of Electron's event as the decision needs. `senderFrame` is null when the frame is gone already. */
export interface SenderEvent {
  readonly senderFrame: { readonly url: string; readonly parent: object | null } | null;
}

/** Only the top frame of our own page may ask the shell for anything. */
export function isTrustedSender(event: SenderEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isOwnPage(frame.url);
}
