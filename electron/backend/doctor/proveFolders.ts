import type { Unfinished } from '../unfinished.ts';
import type { Asked, FolderFacts } from './facts.ts';
import type { AskedPatient } from './gather.ts';

const markerMs = 8_000;
/** A write that was not answered in time is not called off, so that it is known when the host has done with it. */
const lateMs = 120_000;

/**
 * A file written by one host and found by the other is the one proof that both see the same folder. Where the one may
 * not write, the other is tried. Folders can be links into each other, so each has a marker of its own name.
 */
export async function proveFolders(
  one: AskedPatient,
  other: AskedPatient,
  folders: readonly string[],
  token: string,
  unfinished: Unfinished,
): Promise<readonly FolderFacts[]> {
  const proved = async (writer: AskedPatient, reader: AskedPatient, path: string, ownToken: string) =>
    await unfinished.hold(prove(writer, reader, path, ownToken, unfinished));
  return await Promise.all(
    folders.map(async (path, index): Promise<FolderFacts> => {
      const proof = await proved(one, other, path, `${token}-${index}`);
      return proof.proof === 'unproven' && proof.left === undefined
        ? await proved(other, one, path, `${token}-${index}`)
        : proof;
    }),
  );
}

async function prove(
  writer: AskedPatient,
  reader: AskedPatient,
  path: string,
  token: string,
  unfinished: Unfinished,
): Promise<FolderFacts> {
  const beside = `${path}/any`;
  const { storage } = writer.driver;
  const remove = () =>
    writer.questions.tidy(markerMs, (limits) => storage.removeMarker(beside, token, limits));
  const left = { on: writer.host.name, file: `${path}/.drover-${token}` };

  const late: { writing?: Promise<void> } = {};
  const written = await writer.questions.ask(markerMs, () => {
    const writing = storage.writeMarker(beside, token, { deadlineMs: lateMs });
    late.writing = writing.finally(() => delete late.writing);
    return late.writing;
  });
  if (late.writing !== undefined) {
    // Removed now it might come after all, so it is removed when the write has come to its end.
    void unfinished.hold(late.writing.then(remove, remove));
    return { path, proof: 'unproven', ...causeOf(written), left: { ...left, late: true } };
  }
  const seen: Asked<boolean> =
    written.kind === 'told'
      ? await reader.questions.ask(markerMs, (limits) =>
          reader.driver.storage.hasMarker(beside, token, limits),
        )
      : written;
  // Even where the write failed: one that broke off may have happened all the same.
  const removed = await remove();
  const there = removed.kind === 'failed' ? { left } : {};
  return seen.kind === 'failed'
    ? { path, proof: 'unproven', ...causeOf(seen), ...there }
    : { path, proof: seen.value ? 'shared' : 'separate', ...there };
}

function causeOf(asked: Asked<unknown>): { readonly cause?: string } {
  return asked.kind === 'failed' ? { cause: asked.why } : {};
}
