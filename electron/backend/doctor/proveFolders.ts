import type { Asked, FolderFacts } from './facts.ts';
import type { AskedPatient } from './gather.ts';

const markerMs = 8_000;

/**
 * A file written by one host and found by the other is the one proof that both see the same folder. Where the one may
 * not write, the other is tried. Folders can be links into each other, so each has a marker of its own name.
 */
export async function proveFolders(
  one: AskedPatient,
  other: AskedPatient,
  folders: readonly string[],
  token: string,
): Promise<readonly FolderFacts[]> {
  return await Promise.all(
    folders.map(async (path, index): Promise<FolderFacts> => {
      const proof = await prove(one, other, path, `${token}-${index}`);
      return proof.proof === 'unproven' && proof.left === undefined
        ? await prove(other, one, path, `${token}-${index}`)
        : proof;
    }),
  );
}

async function prove(
  writer: AskedPatient,
  reader: AskedPatient,
  path: string,
  token: string,
): Promise<FolderFacts> {
  const beside = `${path}/any`;
  const { storage } = writer.driver;
  const written = await writer.questions.ask(markerMs, (limits) =>
    storage.writeMarker(beside, token, limits),
  );
  const seen: Asked<boolean> =
    written.kind === 'told'
      ? await reader.questions.ask(markerMs, (limits) =>
          reader.driver.storage.hasMarker(beside, token, limits),
        )
      : written;
  // Even where the write failed: one that was not answered in time may have happened all the same.
  const removed = await writer.questions.ask(markerMs, (limits) =>
    storage.removeMarker(beside, token, limits),
  );
  const left =
    removed.kind === 'failed' ? { left: { on: writer.host.name, file: `${path}/.drover-${token}` } } : {};
  if (seen.kind === 'failed') return { path, proof: 'unproven', cause: seen.why, ...left };
  return { path, proof: seen.value ? 'shared' : 'separate', ...left };
}
