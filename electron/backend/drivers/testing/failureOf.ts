import { DroverError } from '#shared/contract/errors.ts';

/** The DroverError that a promise must fail with. */
export async function failureOf(promise: Promise<unknown>): Promise<DroverError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DroverError)) throw new Error(`Not a DroverError: ${String(error)}`);
  return error;
}
