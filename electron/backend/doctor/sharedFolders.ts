import { dirname } from 'node:path/posix';
import type { Finding } from '#shared/model/diagnosis.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { Vm } from '#shared/model/vm.ts';
import { whyLeft } from '../sharedStorage/proof.ts';
import type { End, FolderFacts } from './facts.ts';
import { fine, found, listed } from './finding.ts';
import { drover, word } from './fix.ts';

/** Folders that two hosts should both see: those of the disks of their VMs, and pools at one and the same path. */
export function foldersToProve(
  one: { readonly vms: readonly Vm[]; readonly facts: HostInspection | undefined },
  other: { readonly vms: readonly Vm[]; readonly facts: HostInspection | undefined },
): readonly string[] {
  const disks = [...one.vms, ...other.vms].flatMap(diskFolders);
  const theirs = new Set(poolFolders(other.facts));
  const pools = poolFolders(one.facts).filter((path) => theirs.has(path));
  return [...new Set([...disks, ...pools])].sort();
}

/** Beside a device lie other devices; what is reached over the network is the same from everywhere. */
function diskFolders(vm: Vm): readonly string[] {
  return vm.disks.flatMap(({ source }) =>
    source === undefined || !source.startsWith('/') || source.startsWith('/dev/') ? [] : [dirname(source)],
  );
}

function poolFolders(facts: HostInspection | undefined): readonly string[] {
  return (facts?.pools ?? []).flatMap(({ path }) =>
    path === undefined || path.startsWith('/dev/') ? [] : [path],
  );
}

export function folderFindings(from: End, to: End, folders: readonly FolderFacts[]): readonly Finding[] {
  const check = 'migration.storage';
  if (folders.length === 0) {
    return [fine(check, `There is no folder to compare between ${from.host.name} and ${to.host.name}.`)];
  }
  const withDisks = (path: string) =>
    from.vms.filter((vm) => diskFolders(vm).includes(path)).map((vm) => vm.name);
  const shared = folders.filter(({ proof }) => proof === 'shared').map(({ path }) => path);
  return [
    ...(shared.length === 0
      ? []
      : [
          fine(
            check,
            `Both see the same ${shared.length === 1 ? 'folder' : 'folders'}: ${listed(shared)}.`,
            'A file written by one was found by the other, and removed.',
          ),
        ]),
    ...folders.flatMap((folder): readonly Finding[] => {
      const vms = withDisks(folder.path);
      switch (folder.proof) {
        case 'shared':
          return [];
        case 'separate':
          return [separate(from, to, folder.path, vms)];
        case 'unproven':
          return [unproven(folder, vms, from)];
        default:
          return folder.proof satisfies never;
      }
    }),
    ...folders.flatMap(({ left }) =>
      left === undefined
        ? []
        : [
            found('warning', `${check}.marker`, `A marker may have been left on ${left.on}.`, {
              cause: whyLeft(left),
              fix: { on: left.on, command: `rm -f ${word(left.file)}` },
            }),
          ],
    ),
  ];
}

function separate(from: End, to: End, path: string, vms: readonly string[]): Finding {
  const check = 'migration.storage';
  const [first] = vms;
  if (first === undefined) {
    return fine(
      check,
      `${path} is not shared: each of the two has its own.`,
      'VMs with disks there move only with their disks copied.',
    );
  }
  return found(
    'warning',
    check,
    `${path} is not shared, so ${listed(vms)} ${vms.length === 1 ? 'moves' : 'move'} to ${to.host.name} only with ${vms.length === 1 ? 'its' : 'their'} disks copied.`,
    {
      cause: `A file that one of them wrote there, the other does not see. Copying takes longer than moving memory alone.`,
      fix: {
        ...drover(`vm migrate ${word(first)} --to ${word(to.host.name)} --copy-storage`),
        note: `Or put the disks into a folder that ${from.host.name} and ${to.host.name} share (NFS, for example).`,
      },
    },
  );
}

function unproven(folder: FolderFacts, vms: readonly string[], from: End): Finding {
  const check = 'migration.storage';
  const title = `Whether ${folder.path} is shared could not be proven, so it counts as not shared.`;
  return vms.length === 0
    ? fine(check, title, folder.cause)
    : found('warning', check, title, {
        cause:
          `${folder.cause ?? ''} ${listed(vms)} of ${from.host.name} ${vms.length === 1 ? 'has its disks' : 'have disks'} there.`.trim(),
      });
}
