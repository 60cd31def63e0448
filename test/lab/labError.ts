/** An expected failure of the lab; the message says what was tried, why it failed and what to do next. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
