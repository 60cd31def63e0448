import { type Marker, proveShared } from '../sharedStorage/proveShared.ts';
import type { Unfinished } from '../unfinished.ts';
import type { FolderFacts } from './facts.ts';
import type { AskedPatient } from './gather.ts';

const patienceMs = 8_000;

/** Which folders two hosts both see. Where the one may not write, the other is tried. */
export async function proveFolders(
  [one, other]: readonly [AskedPatient, AskedPatient],
  folders: readonly string[],
  token: string,
  unfinished: Unfinished,
): Promise<readonly FolderFacts[]> {
  return await Promise.all(
    folders.map(async (path, index): Promise<FolderFacts> => {
      const by = (writer: AskedPatient): Marker => ({
        writer,
        writerName: writer.host.name,
        path: `${path}/any`,
        token: `${token}-${index}`,
        patienceMs,
        unfinished,
      });
      const first = await proveShared(by(one), other);
      const tryOther = first.proof === 'unproven' && first.left === undefined;
      return { path, ...(tryOther ? await proveShared(by(other), one) : first) };
    }),
  );
}
