import { type Colour, hasInk, type PictureRow, pictureSize, rowHeight, scale } from './picture.ts';

/** RFC 6143, 7.4; true colour is all that is drawn. */
export interface PixelFormat {
  readonly bitsPerPixel: number;
  readonly bigEndian: boolean;
  readonly max: Colour;
  readonly shift: Colour;
}

export const usualFormat: PixelFormat = {
  bitsPerPixel: 32,
  bigEndian: false,
  max: [255, 255, 255],
  shift: [16, 8, 0],
};

export const encodings = { raw: 0, hextile: 5 } as const;

/** 7.7.4: a tile's second byte. */
const tileHas = { ground: 2, ink: 4, rectangles: 8 } as const;
const tileSize = 16;

export function readFormat(bytes: Buffer): PixelFormat {
  return {
    bitsPerPixel: bytes.readUInt8(0),
    bigEndian: bytes.readUInt8(2) !== 0,
    max: [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)],
    shift: [bytes.readUInt8(10), bytes.readUInt8(11), bytes.readUInt8(12)],
  };
}

export function writeFormat({ bitsPerPixel, bigEndian, max, shift }: PixelFormat): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt8(bitsPerPixel, 0);
  bytes.writeUInt8(24, 1);
  bytes.writeUInt8(bigEndian ? 1 : 0, 2);
  bytes.writeUInt8(1, 3);
  max.forEach((value, index) => bytes.writeUInt16BE(value, 4 + index * 2));
  shift.forEach((value, index) => bytes.writeUInt8(value, 10 + index));
  return bytes;
}

/** One line of the picture as a rectangle of an update. */
export function rectangle(
  row: PictureRow,
  index: number,
  format: PixelFormat,
  encoding: number,
): readonly Buffer[] {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0, 0);
  head.writeUInt16BE(index * rowHeight, 2);
  head.writeUInt16BE(pictureSize.width, 4);
  head.writeUInt16BE(rowHeight, 6);
  head.writeInt32BE(encoding, 8);
  const ink = pixel(row.ink, format);
  const ground = pixel(row.ground, format);
  return [head, encoding === encodings.hextile ? hextile(row, ink, ground) : raw(row, ink, ground)];
}

function pixel(colour: Colour, { bitsPerPixel, bigEndian, max, shift }: PixelFormat): Buffer {
  const value = colour.reduce(
    (sum, part, index) => sum + Math.round((part / 255) * (max[index] ?? 0)) * 2 ** (shift[index] ?? 0),
    0,
  );
  const length = bitsPerPixel / 8;
  const bytes = Buffer.alloc(length);
  if (bigEndian) bytes.writeUIntBE(value, 0, length);
  else bytes.writeUIntLE(value, 0, length);
  return bytes;
}

function raw(row: PictureRow, ink: Buffer, ground: Buffer): Buffer {
  const pixels: Buffer[] = [];
  for (let y = 0; y < rowHeight; y += 1) {
    for (let x = 0; x < pictureSize.width; x += 1) pixels.push(hasInk(row, x, y) ? ink : ground);
  }
  return Buffer.concat(pixels);
}

/** Tiles in two colours: the ground, and the runs of ink on it. */
function hextile(row: PictureRow, ink: Buffer, ground: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let top = 0; top < rowHeight; top += tileSize) {
    for (let left = 0; left < pictureSize.width; left += tileSize) {
      const runs = runsOf(row, left, top);
      if (runs.length === 0) parts.push(Buffer.from([tileHas.ground]), ground);
      else {
        const mask = tileHas.ground | tileHas.ink | tileHas.rectangles;
        parts.push(Buffer.from([mask]), ground, ink, Buffer.from([runs.length, ...runs.flat()]));
      }
    }
  }
  return Buffer.concat(parts);
}

/** Each as its place in the tile and its size, both of four bits, the size less one. */
function runsOf(row: PictureRow, left: number, top: number): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (let y = 0; y < Math.min(tileSize, rowHeight - top); y += scale) {
    for (let x = 0; x < tileSize; x += 1) {
      if (!hasInk(row, left + x, top + y)) continue;
      const from = x;
      while (x + 1 < tileSize && hasInk(row, left + x + 1, top + y)) x += 1;
      runs.push([(from << 4) | y, ((x - from) << 4) | (scale - 1)]);
    }
  }
  return runs;
}
