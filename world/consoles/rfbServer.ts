import { isSame, type PictureRow, pictureSize } from './picture.ts';
import {
  encodings,
  type PixelFormat,
  readFormat,
  rectangle,
  usualFormat,
  writeFormat,
} from './rfbEncoding.ts';
import { Keyboard } from './rfbKeys.ts';

/** What one viewer of a guest's screen is shown, and what it does. */
export interface Viewed {
  readonly name: string;
  picture(): readonly PictureRow[];
  typed(text: string): void;
  ctrlAltDel(): void;
}

type Stage = 'version' | 'security' | 'begin' | 'open';

/** RFC 6143, 7.5: the client's messages by their first byte; the length of those that have one. */
const messages = { format: 0, encodings: 2, update: 3, key: 4, pointer: 5, clipboard: 6 } as const;
const lengths: Readonly<Record<number, number>> = {
  [messages.format]: 20,
  [messages.update]: 10,
  [messages.key]: 8,
  [messages.pointer]: 6,
};
const longestMessage = 1024 * 1024;

/**
 * The server's side of RFB 3.8 (RFC 6143) for one viewer: no password, true colour, raw or hextile. It sends only what
 * was asked for, so that a slow viewer is sent less and not later.
 */
export class RfbServer {
  readonly #viewed: Viewed;
  readonly #send: (bytes: Buffer) => void;
  readonly #keyboard = new Keyboard();
  #stage: Stage = 'version';
  #minor = 8;
  #received = Buffer.alloc(0);
  #format: PixelFormat = usualFormat;
  #encoding: number = encodings.raw;
  /** An update was asked for and nothing has changed since. */
  #waits = false;
  #shown: readonly PictureRow[] = [];

  constructor(viewed: Viewed, send: (bytes: Buffer) => void) {
    this.#viewed = viewed;
    this.#send = send;
    send(Buffer.from('RFB 003.008\n', 'latin1'));
  }

  /** @throws Error where the viewer does not speak RFB: the connection is worth nothing then */
  receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const length = this.#nextLength();
      if (length === undefined || this.#received.length < length) return;
      const message = this.#received.subarray(0, length);
      this.#received = this.#received.subarray(length);
      this.#hear(message);
    }
  }

  /** Something on the screen may be different. */
  changed(): void {
    if (this.#waits) this.#update(false);
  }

  /** undefined where so much must come first that it can be told. */
  #nextLength(): number | undefined {
    switch (this.#stage) {
      case 'version':
        return 12;
      case 'security':
      case 'begin':
        return 1;
      case 'open':
        return this.#messageLength();
      default:
        return this.#stage satisfies never;
    }
  }

  #messageLength(): number | undefined {
    const [kind] = this.#received;
    if (kind === undefined) return undefined;
    const length = lengths[kind] ?? this.#countedLength(kind);
    if (length !== undefined && length > longestMessage) throw new Error(`a message of ${length} bytes`);
    return length;
  }

  #countedLength(kind: number): number | undefined {
    if (kind === messages.encodings) {
      return this.#received.length < 4 ? undefined : 4 + 4 * this.#received.readUInt16BE(2);
    }
    if (kind === messages.clipboard) {
      return this.#received.length < 8 ? undefined : 8 + Math.abs(this.#received.readInt32BE(4));
    }
    throw new Error(`a message of the kind ${kind}`);
  }

  #hear(message: Buffer): void {
    switch (this.#stage) {
      case 'version':
        return this.#hearVersion(message.toString('latin1'));
      case 'security':
        if (this.#minor >= 8) this.#send(Buffer.alloc(4));
        this.#stage = 'begin';
        return;
      case 'begin':
        this.#stage = 'open';
        return this.#send(this.#greeting());
      case 'open':
        return this.#hearMessage(message);
      default:
        this.#stage satisfies never;
    }
  }

  #hearVersion(text: string): void {
    const version = /^RFB 003\.(\d{3})\n$/.exec(text);
    if (version === null) throw new Error('a greeting that is not of RFB');
    this.#minor = Number(version[1]);
    // Before 3.7 the server chooses: 1, no security.
    if (this.#minor < 7) {
      this.#send(Buffer.from([0, 0, 0, 1]));
      this.#stage = 'begin';
    } else {
      this.#send(Buffer.from([1, 1]));
      this.#stage = 'security';
    }
  }

  #greeting(): Buffer {
    const name = Buffer.from(this.#viewed.name, 'utf8');
    const size = Buffer.alloc(4);
    size.writeUInt16BE(pictureSize.width, 0);
    size.writeUInt16BE(pictureSize.height, 2);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(name.length);
    return Buffer.concat([size, writeFormat(usualFormat), length, name]);
  }

  #hearMessage(message: Buffer): void {
    switch (message[0]) {
      case messages.format:
        this.#format = readFormat(message.subarray(4));
        if (![8, 16, 32].includes(this.#format.bitsPerPixel)) throw new Error('an unknown pixel format');
        return;
      case messages.encodings: {
        const offered = Array.from({ length: message.readUInt16BE(2) }, (_, index) =>
          message.readInt32BE(4 + 4 * index),
        );
        this.#encoding = offered.includes(encodings.hextile) ? encodings.hextile : encodings.raw;
        return;
      }
      case messages.update:
        return this.#update(message[1] === 0);
      case messages.key:
        return this.#key(message.readUInt32BE(4), message[1] !== 0);
      default:
        // A pointer means nothing on a text screen, and the guest has no clipboard.
        return;
    }
  }

  #key(keysym: number, isDown: boolean): void {
    const pressed = this.#keyboard.press(keysym, isDown);
    if (pressed.kind === 'ctrl-alt-del') this.#viewed.ctrlAltDel();
    else if (pressed.kind === 'typed') this.#viewed.typed(pressed.text);
  }

  #update(whole: boolean): void {
    const picture = this.#viewed.picture();
    const rectangles = picture.flatMap((row, index) =>
      whole || !isSame(this.#shown[index], row) ? [rectangle(row, index, this.#format, this.#encoding)] : [],
    );
    this.#waits = rectangles.length === 0;
    if (this.#waits) return;
    this.#shown = picture;
    const head = Buffer.alloc(4);
    head.writeUInt16BE(rectangles.length, 2);
    this.#send(Buffer.concat([head, ...rectangles.flat()]));
  }
}
