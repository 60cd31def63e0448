import { cell, isLit } from './glyphs.ts';
import { screenSize, type TextScreen } from './textScreen.ts';

/** A colour, 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

/** One line of the picture: text in two colours, and where the cursor stands on it. */
export interface PictureRow {
  readonly text: string;
  readonly cursor: number;
  readonly ink: Colour;
  readonly ground: Colour;
}

/** Glyph pixels are doubled, so that the picture is about as large as a text console of 960 by 520. */
export const scale = 2;
export const rowHeight = cell.height * scale;
export const pictureSize = {
  width: screenSize.columns * cell.width * scale,
  height: (screenSize.rows + 1) * rowHeight,
} as const;

const label = { ink: [0x1a, 0x12, 0x00], ground: [0xe6, 0x9f, 0x00] } as const;
const text = { ink: [0xd0, 0xd6, 0xdc], ground: [0x0c, 0x10, 0x14] } as const;

/** What the guest's text screen looks like; the first line says that nobody should take it for a machine's. */
export function pictureOf(screen: TextScreen, words: string): readonly PictureRow[] {
  const rows: PictureRow[] = [{ text: words.slice(0, screenSize.columns), cursor: -1, ...label }];
  for (let row = 0; row < screenSize.rows; row += 1) {
    rows.push({
      text: screen.rows[row] ?? '',
      cursor: row === screen.row ? Math.min(screen.column, screenSize.columns - 1) : -1,
      ...text,
    });
  }
  return rows;
}

export function isSame(one: PictureRow | undefined, other: PictureRow): boolean {
  return one !== undefined && one.text === other.text && one.cursor === other.cursor;
}

/** Whether the pixel has the ink's colour; both counted from the row's upper left corner. */
export function hasInk(row: PictureRow, x: number, y: number): boolean {
  const column = Math.floor(x / (cell.width * scale));
  const glyphY = Math.floor(y / scale);
  if (column === row.cursor && glyphY === cell.height - 1) return true;
  return isLit(row.text[column] ?? ' ', Math.floor(x / scale) % cell.width, glyphY);
}
