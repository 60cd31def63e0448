/** Whether two hosts see the same folder. */
export interface Proof {
  /** `shared`: a marker written by one was found by the other. `unproven`: it could not be written, or not looked for. */
  readonly proof: 'shared' | 'separate' | 'unproven';
  /** Why it is unproven. */
  readonly cause?: string;
  readonly left?: LeftMarker;
}

/** A marker that could not be removed again, and the host that may have it. */
export interface LeftMarker {
  readonly on: string;
  readonly file: string;
  /** Its write was not answered in time; it is removed once it is. */
  readonly late?: true;
}

export function whyLeft({ late }: LeftMarker): string {
  return `${late === true ? 'Writing it was not answered in time; Drover removes it as soon as it is' : 'It could not be removed again'}. It is a small file that nothing reads.`;
}
