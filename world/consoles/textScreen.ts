/** A screen of text as a terminal keeps it: plain data, since it lies in the guest's memory and moves with it. */
export interface TextScreen {
  readonly rows: readonly string[];
  readonly column: number;
  /** The cursor's, from the top. */
  readonly row: number;
}

export const screenSize = { columns: 80, rows: 25 } as const;

export const emptyScreen: TextScreen = { rows: [''], column: 0, row: 0 };

/** What is on it after the guest wrote this: printable ASCII, newline, return, backspace, and form feed to clear it. */
export function write(screen: TextScreen, text: string): TextScreen {
  const rows = [...screen.rows];
  let { column, row } = screen;
  for (const character of text) {
    switch (character) {
      case '\f':
        rows.splice(0, rows.length, '');
        column = 0;
        row = 0;
        break;
      case '\r':
        column = 0;
        break;
      case '\b':
        column = Math.max(0, column - 1);
        break;
      case '\n':
        row += 1;
        break;
      default:
        if (column === screenSize.columns) {
          column = 0;
          row += 1;
        }
        while (rows.length <= row) rows.push('');
        rows[row] = put(rows[row] ?? '', column, character);
        column += 1;
    }
    while (rows.length <= row) rows.push('');
    if (row >= screenSize.rows) {
      rows.shift();
      row -= 1;
    }
  }
  return { rows, column, row };
}

function put(line: string, column: number, character: string): string {
  return line.slice(0, column).padEnd(column) + character + line.slice(column + 1);
}
