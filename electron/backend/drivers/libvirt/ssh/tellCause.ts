/** The text of whatever was thrown, for the "cause" of an error that a person reads. */
export function formatCause(error: unknown): string {
  if (error instanceof AggregateError) {
    const causes = [...new Set(error.errors.map(formatCause))];
    return causes.length > 0 ? causes.join('; ') : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Node's own code of a failure (`ECONNREFUSED`), where it has one. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof AggregateError) return error.errors.map(systemCode).find((code) => code !== undefined);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
