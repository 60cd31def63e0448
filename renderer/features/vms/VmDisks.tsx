import type { Vm, VmDisk } from '#shared/model/vm.ts';
import type { VmDiskDetails, VmImage } from '#shared/model/vmDetails.ts';
import { useLive } from '../../transport/hooks.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { formatBytes, formatPart } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import styles from './VmDisks.module.css';

/** Each disk as the stack of images that it is, what is written on top. `details`: as its host told them. */
export function VmDisks({
  vm,
  details,
  pending,
}: {
  readonly vm: Vm;
  readonly details: readonly VmDiskDetails[] | undefined;
  readonly pending: boolean;
}) {
  return (
    <Section title={`Disks (${vm.disks.length})`}>
      {vm.disks.length === 0 ? (
        <p className={styles.quiet}>{vm.name} has no disk.</p>
      ) : (
        <ul className={styles.list}>
          {vm.disks.map((disk) => (
            <Disk
              key={disk.target}
              vm={vm}
              disk={disk}
              details={details?.find(({ target }) => target === disk.target)}
              pending={pending}
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Disk({
  vm,
  disk,
  details,
  pending,
}: {
  readonly vm: Vm;
  readonly disk: VmDisk;
  readonly details: VmDiskDetails | undefined;
  readonly pending: boolean;
}) {
  const chain = details?.chain ?? lastKnown(disk);
  const facts = [
    ...(details === undefined || details.bus === '' ? [] : [`on ${details.bus}`]),
    ...(disk.device === 'disk' ? [] : [devices[disk.device]]),
    `cache ${disk.cache}`,
    ...(disk.readOnly ? ['read only'] : []),
    ...(disk.shareable ? ['shareable'] : []),
  ];
  return (
    <li className={styles.disk}>
      <p>
        <strong>{disk.target}</strong> <span className={styles.quiet}>{facts.join(', ')}</span>
      </p>
      {chain.length === 0 ? (
        <p className={styles.quiet}>Empty drive</p>
      ) : (
        <ol
          className={styles.chain}
          aria-label={`Images of ${disk.target}, what the guest sees first at the top`}
        >
          {chain.map((image, place) => (
            <Image
              key={image.path}
              vm={vm}
              image={image}
              role={roleOf(disk, place, chain)}
              isTold={details !== undefined}
            />
          ))}
        </ol>
      )}
      {details === undefined && pending && <p className={styles.quiet}>Asking for sizes…</p>}
    </li>
  );
}

const devices: Readonly<Record<Exclude<VmDisk['device'], 'disk'>, string>> = {
  cdrom: 'CD drive',
  floppy: 'floppy drive',
  lun: 'SCSI device handed through',
};

function lastKnown({ source, format, backingChain }: VmDisk): readonly VmImage[] {
  if (source === undefined) return [];
  return [{ path: source, format }, ...backingChain].map((image) => ({ ...image, kind: 'file' }));
}

function roleOf(disk: VmDisk, place: number, chain: readonly VmImage[]): string {
  if (place > 0) return place === chain.length - 1 ? 'Base' : 'Layer';
  if (disk.readOnly || disk.device === 'cdrom') return 'Read';
  return 'Written';
}

function Image({
  vm,
  image,
  role,
  isTold,
}: {
  readonly vm: Vm;
  readonly image: VmImage;
  readonly role: string;
  readonly isTold: boolean;
}) {
  const { path, format, virtualBytes, allocatedBytes, problem } = image;
  const at = path.lastIndexOf('/');
  const isMissing = image.missing === true;
  return (
    <li className={styles.image} data-role={isMissing ? 'missing' : role.toLowerCase()}>
      <p className={styles.name}>
        <code>{path.slice(at + 1)}</code>
        <span className={styles.role}>{isMissing ? 'Missing' : role}</span>
      </p>
      {at > 0 && (
        <p className={styles.folder}>
          <code>{path.slice(0, at)}</code>
        </p>
      )}
      {isMissing ? (
        <div className={styles.missing}>
          <StateChip shape="failed" word="There is no such file" />
          <p>What lies over it cannot be read without it. Put it back, or restore the disk from a backup.</p>
        </div>
      ) : (
        <>
          <p className={styles.facts}>
            <span>{image.kind === 'file' ? format : `${format}, ${kinds[image.kind]}`}</span>
            {isTold && <Sharing vm={vm} image={image} />}
          </p>
          {virtualBytes !== undefined && allocatedBytes !== undefined && image.kind !== 'block' && (
            <Allocated of={path} allocated={allocatedBytes} whole={virtualBytes} />
          )}
          {virtualBytes !== undefined && image.kind === 'block' && (
            <Quantity value={formatBytes(virtualBytes)} />
          )}
          {problem !== undefined && <p className={styles.problem}>{problem}</p>}
        </>
      )}
    </li>
  );
}

const kinds: Readonly<Record<Exclude<VmImage['kind'], 'file'>, string>> = {
  block: 'a block device',
  network: 'over the network',
};

/** Not a load: an image may be allocated whole, and nothing is wrong with it. */
function Allocated({
  of,
  allocated,
  whole,
}: {
  readonly of: string;
  readonly allocated: number;
  readonly whole: number;
}) {
  const share = whole === 0 ? 0 : Math.min(1, allocated / whole);
  const text = formatPart(allocated, whole);
  return (
    <div className={styles.size}>
      <span
        className={styles.track}
        role="meter"
        aria-label={`Allocated of ${of}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={text.text}
      >
        <span className={styles.fill} style={{ width: `${share * 100}%` }} />
      </span>
      <span className={styles.quiet}>
        <Quantity value={text} /> allocated
      </span>
    </div>
  );
}

function Sharing({ vm, image }: { readonly vm: Vm; readonly image: VmImage }) {
  const hosts = useLive((model) => model.hosts);
  if (image.kind !== 'file') return null;
  const home = hosts.get(vm.hostId)?.name ?? 'its host';
  const others = [...hosts.values()].some(
    ({ id, clusterId }) => clusterId === vm.clusterId && id !== vm.hostId,
  );
  if (image.sharedWith === undefined) {
    return others ? (
      <span title="A marker file could not be written beside it, or no other host could be asked.">
        whether other hosts see it is not proven
      </span>
    ) : null;
  }
  if (image.sharedWith.length === 0) return <span>only on {home}</span>;
  const names = image.sharedWith.map((id) => hosts.get(id)?.name ?? id);
  return <span>shared with {names.join(', ')}</span>;
}
