import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { writtenFiles } from '../storage/disks.ts';
import { createImage, inspectFile, removeImage } from '../storage/files.ts';
import { placeOf } from '../storage/stores.ts';

/** Disks on storage that the other host does not see, with the files that they are. */
export function ownDisks(
  world: World,
  from: HostState,
  domain: DomainState,
): readonly { readonly target: string; readonly source: string }[] {
  const written = writtenFiles(domain);
  return domain.definition.disks.flatMap(({ target, source }) =>
    source !== undefined &&
    written.includes(source) &&
    placeOf(world, from.name, source)?.pool.shared === false
      ? [{ target, source }]
      : [],
  );
}

/** Empty ones for them at the other end; none where one of them cannot be made. @throws Error which one and why */
export function makeImages(
  world: World,
  from: HostState,
  to: HostState,
  paths: readonly string[],
  token: string,
): void {
  const made: string[] = [];
  try {
    for (const path of paths) {
      const file = inspectFile(world, from, path);
      if (file === undefined) throw new Error(`${path} is not there`);
      createImage(world, to, { path, format: file.format, virtualBytes: file.virtualBytes }, token);
      made.push(path);
    }
  } catch (thrown) {
    for (const path of made) removeImage(world, to, path, token);
    throw thrown;
  }
}
