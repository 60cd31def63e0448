/** As much as is kept of what is typed while a VM is between two hosts. */
const mostBytes = 4096;

/** What was typed while there was no connection to type into. */
export class TypedAhead {
  #held: Buffer[] = [];
  #bytes = 0;

  /** What does not fit any more is dropped, whole. */
  hold(bytes: Buffer): void {
    if (this.#bytes + bytes.length > mostBytes) return;
    this.#held.push(bytes);
    this.#bytes += bytes.length;
  }

  take(): Buffer | undefined {
    const all = this.#held.length === 0 ? undefined : Buffer.concat(this.#held);
    this.drop();
    return all;
  }

  drop(): void {
    this.#held = [];
    this.#bytes = 0;
  }
}
