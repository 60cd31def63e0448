/** As much of noVNC as is used; its own package has no types. */
declare module '@novnc/novnc' {
  /** What it takes instead of a WebSocket: of an RTCDataChannel these are enough. */
  export interface RawChannel {
    binaryType: string;
    readonly protocol: string;
    readonly readyState: string;
    onopen: (() => void) | null;
    onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
    onerror: ((event: unknown) => void) | null;
    onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null;
    send(data: Uint8Array): void;
    close(): void;
  }

  export default class RFB extends EventTarget {
    constructor(
      target: Element,
      channel: RawChannel,
      options?: { readonly shared?: boolean; readonly credentials?: { readonly password: string } },
    );
    scaleViewport: boolean;
    background: string;
    focusOnClick: boolean;
    disconnect(): void;
    focus(): void;
    sendCredentials(credentials: { readonly password: string; readonly username?: string }): void;
    /** A key of X11's, pressed or let go; both where `down` is not given. */
    sendKey(keysym: number, code: string | null, down?: boolean): void;
    clipboardPasteFrom(text: string): void;
    toBlob(callback: (blob: Blob | null) => void, type?: string): void;
  }
}
