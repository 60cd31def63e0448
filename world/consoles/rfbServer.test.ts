import { describe, expect, it } from 'vitest';
import { hasInk, type PictureRow, pictureOf, pictureSize, rowHeight } from './picture.ts';
import { usualFormat, writeFormat } from './rfbEncoding.ts';
import { RfbServer } from './rfbServer.ts';
import { emptyScreen, write } from './textScreen.ts';

function open() {
  const sent: Buffer[] = [];
  const seen = { typed: '', resets: 0, screen: write(emptyScreen, 'web-01 login: ') };
  const server = new RfbServer(
    {
      name: 'web-01',
      picture: () => pictureOf(seen.screen, 'SIMULATED'),
      typed: (text) => {
        seen.typed += text;
      },
      ctrlAltDel: () => {
        seen.resets += 1;
      },
    },
    (bytes) => sent.push(bytes),
  );
  const take = () => Buffer.concat(sent.splice(0));
  return { server, seen, take };
}

function begin(viewer: ReturnType<typeof open>): void {
  viewer.server.receive(Buffer.from('RFB 003.008\n'));
  viewer.server.receive(Buffer.from([1, 1]));
  viewer.take();
}

const ask = (incremental: number) => Buffer.from([3, incremental, 0, 0, 0, 0, 3, 192, 2, 8]);
const key = (keysym: number, down = 1) => {
  const bytes = Buffer.from([4, down, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32BE(keysym, 4);
  return bytes;
};
const encodingList = (...all: readonly number[]) => {
  const bytes = Buffer.alloc(4 + 4 * all.length);
  bytes.writeUInt8(2, 0);
  bytes.writeUInt16BE(all.length, 2);
  all.forEach((each, index) => bytes.writeInt32BE(each, 4 + 4 * index));
  return bytes;
};

/** What a viewer makes of an update, 32 bits a pixel; checks that every byte belongs to it. */
function draw(update: Buffer, pixels: Uint32Array): void {
  let at = 4;
  const pixel = () => {
    at += 4;
    return update.readUInt32LE(at - 4);
  };
  for (let count = update.readUInt16BE(2); count > 0; count -= 1) {
    const [x0, y0] = [update.readUInt16BE(at), update.readUInt16BE(at + 2)];
    const [width, height] = [update.readUInt16BE(at + 4), update.readUInt16BE(at + 6)];
    const encoding = update.readInt32BE(at + 8);
    at += 12;
    const put = (x: number, y: number, colour: number) => {
      pixels[(y0 + y) * pictureSize.width + x0 + x] = colour;
    };
    if (encoding === 0) {
      for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) put(x, y, pixel());
      continue;
    }
    for (let top = 0; top < height; top += 16) {
      for (let left = 0; left < width; left += 16) {
        const mask = update.readUInt8(at);
        at += 1;
        const ground = pixel();
        for (let y = top; y < Math.min(top + 16, height); y += 1)
          for (let x = left; x < left + 16; x += 1) put(x, y, ground);
        if ((mask & 8) === 0) continue;
        const ink = pixel();
        const runs = update.readUInt8(at);
        at += 1;
        for (let run = 0; run < runs; run += 1, at += 2) {
          const [place, size] = [update.readUInt8(at), update.readUInt8(at + 1)];
          for (let y = 0; y <= (size & 15); y += 1)
            for (let x = 0; x <= size >> 4; x += 1) put(left + (place >> 4) + x, top + (place & 15) + y, ink);
        }
      }
    }
  }
  expect(at).toBe(update.length);
}

const blank = () => new Uint32Array(pictureSize.width * pictureSize.height);
const value = ([red, green, blue]: PictureRow['ink']) => (red << 16) | (green << 8) | blue;

function expectPicture(pixels: Uint32Array, rows: readonly PictureRow[]): void {
  for (let y = 0; y < pictureSize.height; y += 1) {
    const row = rows[Math.floor(y / rowHeight)];
    if (row === undefined) throw new Error('a row is missing');
    const [ink, ground] = [value(row.ink), value(row.ground)];
    for (let x = 0; x < pictureSize.width; x += 1) {
      const wanted = hasInk(row, x, y % rowHeight) ? ink : ground;
      if (pixels[y * pictureSize.width + x] !== wanted) throw new Error(`pixel ${x}, ${y} is another`);
    }
  }
}

describe('the screen of a simulated guest', () => {
  it('greets in each version, and hangs up on who speaks something else', () => {
    const newest = open();
    newest.server.receive(Buffer.from('RFB 003.0'));
    newest.server.receive(Buffer.from('08\n'));
    expect(newest.take().toString('latin1')).toBe('RFB 003.008\n\u0001\u0001');
    newest.server.receive(Buffer.from([1]));
    expect([...newest.take()]).toEqual([0, 0, 0, 0]);
    newest.server.receive(Buffer.from([1]));
    const greeting = newest.take();
    expect([greeting.readUInt16BE(0), greeting.readUInt16BE(2)]).toEqual([
      pictureSize.width,
      pictureSize.height,
    ]);
    expect(greeting.subarray(24).toString()).toBe('web-01');
    const oldest = open();
    oldest.server.receive(Buffer.from('RFB 003.003\n'));
    expect([...oldest.take().subarray(12)]).toEqual([0, 0, 0, 1]);
    expect(() => open().server.receive(Buffer.from('GET / HTTP/1.1'))).toThrow(/greeting/);
    const viewer = open();
    begin(viewer);
    expect(() => viewer.server.receive(Buffer.from([99]))).toThrow(/kind 99/);
  });

  it.each([
    ['raw', [0]],
    ['hextile', [7, 5, 0]],
  ])('draws the picture in %s, label and all, and then only what changed', (_name, offered) => {
    const viewer = open();
    begin(viewer);
    viewer.server.receive(encodingList(...offered));
    viewer.server.receive(ask(0));
    const pixels = blank();
    const whole = viewer.take();
    draw(whole, pixels);
    const rows = pictureOf(viewer.seen.screen, 'SIMULATED');
    expect(rows[0]?.text).toBe('SIMULATED');
    expectPicture(pixels, rows);

    viewer.server.receive(ask(1));
    expect(viewer.take()).toHaveLength(0);
    viewer.seen.screen = write(viewer.seen.screen, 'gjpqy');
    viewer.server.changed();
    const change = viewer.take();
    expect(change.readUInt16BE(2)).toBe(1);
    draw(change, pixels);
    expectPicture(pixels, pictureOf(viewer.seen.screen, 'SIMULATED'));
    viewer.seen.screen = write(viewer.seen.screen, 'more');
    viewer.server.changed();
    expect(viewer.take()).toHaveLength(0);
  });

  it('sends pixels as the viewer wants them', () => {
    const viewer = open();
    begin(viewer);
    const small = { ...usualFormat, bitsPerPixel: 8, max: [7, 7, 3], shift: [5, 2, 0] } as const;
    viewer.server.receive(Buffer.concat([Buffer.from([0, 0, 0, 0]), writeFormat(small)]));
    viewer.server.receive(ask(0));
    expect(viewer.take()).toHaveLength(
      4 + pictureSize.width * pictureSize.height + (pictureSize.height / rowHeight) * 12,
    );
    const odd = { ...usualFormat, bitsPerPixel: 24 };
    const change = Buffer.concat([Buffer.from([0, 0, 0, 0]), writeFormat(odd)]);
    expect(() => viewer.server.receive(change)).toThrow(/pixel format/);
  });

  it('hears keys, Ctrl with them, and Ctrl+Alt+Del; a pointer and a clipboard mean nothing', () => {
    const viewer = open();
    begin(viewer);
    for (const keysym of [0x61, 0xff0d, 0xff08, 0xff51]) viewer.server.receive(key(keysym));
    expect(viewer.seen.typed).toBe('a\r\u007f');
    viewer.server.receive(key(0xffe3));
    viewer.server.receive(key(0x63));
    expect(viewer.seen.typed).toBe('a\r\u007f\u0003');
    viewer.server.receive(key(0xffe9));
    viewer.server.receive(key(0xffff));
    expect(viewer.seen.resets).toBe(1);
    for (const keysym of [0xffe3, 0xffe9, 0xffff]) viewer.server.receive(key(keysym, 0));
    viewer.server.receive(Buffer.from([5, 0, 0, 0, 0, 0]));
    viewer.server.receive(Buffer.from([6, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69]));
    viewer.server.receive(key(0x62));
    expect(viewer.seen.typed).toBe('a\r\u007f\u0003b');
  });
});
