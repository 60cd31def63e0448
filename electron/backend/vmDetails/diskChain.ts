import { toErrorData } from '#shared/contract/errors.ts';
import type { VmDisk } from '#shared/model/vm.ts';
import type { VmImage } from '#shared/model/vmDetails.ts';
import type { HostDriver } from '../drivers/drivers.ts';

interface Layer {
  readonly path: string;
  readonly format: string;
}

/** Longer ones are a loop, or nobody's to read. */
const mostLayers = 40;

/**
 * Every image of a disk, from the one that is written to its base. The images' own headers say what lies beneath; where
 * the login may not read them, libvirt's document of a running VM does, and libvirt tells the top's size.
 */
export async function diskChain(
  uuid: string,
  disk: VmDisk,
  { domains, storage }: Pick<HostDriver, 'domains' | 'storage'>,
): Promise<readonly VmImage[]> {
  if (disk.source === undefined) return [];
  const told = new Map(
    [{ path: disk.source }, ...disk.backingChain].map(({ path }, index) => [path, disk.backingChain[index]]),
  );
  const images: VmImage[] = [];
  let layer: Layer | undefined = { path: disk.source, format: disk.format };
  while (layer !== undefined && images.length < mostLayers) {
    const { path, format }: Layer = layer;
    if (images.some((image) => image.path === path)) break;
    if (!path.startsWith('/')) {
      images.push({ path, format, kind: 'network', ...(await topSize(images.length)) });
      layer = told.get(path);
      continue;
    }
    try {
      const found = await storage.inspect(path);
      if (found === undefined) {
        images.push({ path, format, kind: 'file', missing: true });
        break;
      }
      const { virtualBytes, usedBytes, kind, backing } = found;
      // What is defined as raw is read as raw, whatever its first bytes look like.
      const isRaw = images.length === 0 && format === 'raw';
      images.push({
        path,
        format: isRaw ? format : found.format,
        kind,
        virtualBytes,
        allocatedBytes: usedBytes,
      });
      layer = isRaw ? undefined : (backing ?? told.get(path));
    } catch (thrown) {
      const problem = toErrorData(thrown).message;
      images.push({ path, format, kind: 'file', ...(await topSize(images.length)), problem });
      layer = told.get(path);
    }
  }
  return images;

  async function topSize(place: number): Promise<Pick<VmImage, 'virtualBytes' | 'allocatedBytes'>> {
    if (place > 0) return {};
    return await domains.diskSize(uuid, disk.target).catch(() => ({}));
  }
}
