/** What the bar above a console can do with it while it is connected. */
export type ConsoleHandle =
  | {
      readonly kind: 'screen';
      focus(): void;
      /** Together, in this order, and let go. */
      press(keysyms: readonly number[]): void;
      /** As keys, since a guest without an agent has no clipboard. */
      type(text: string): void;
      /** For a guest that has one. */
      setClipboard(text: string): void;
      picture(): Promise<Blob | null>;
    }
  | {
      readonly kind: 'serial';
      focus(): void;
      type(text: string): void;
      /** What is selected in the terminal. */
      selected(): string;
    };
