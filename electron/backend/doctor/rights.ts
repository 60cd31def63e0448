import type { Finding } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import { fine, found, listed } from './finding.ts';
import { asRoot, install, word } from './fix.ts';

/** What this login may do on the host, and whether the host has what Drover's own commands need. */
export function rightsFindings(host: Host, facts: HostInspection): readonly Finding[] {
  return [login(host, facts), ...folders(host, facts), ...programs(host, facts), ...daemon(host, facts)];
}

function login(host: Host, facts: HostInspection): Finding {
  const { user } = facts;
  if (facts.mayWrite) return fine('rights', `${user} may change VMs on ${host.name}.`);
  return found('blocking', 'rights', `${user} may look at VMs on ${host.name} and change nothing.`, {
    cause: 'libvirt takes this login for one that only reads.',
    fix: asRoot(host, facts, `usermod -aG libvirt ${word(user)}`, 'Then log in anew: reconnect the host.'),
  });
}

function folders(host: Host, facts: HostInspection): readonly Finding[] {
  const told = facts.pools.filter((pool) => pool.active && pool.writable !== undefined);
  const closed = told.filter((pool) => pool.writable === false);
  if (told.length === 0) return [];
  if (closed.length === 0)
    return [fine('rights.storage', `${facts.user} may write into the folders of the pools.`)];
  const paths = closed.flatMap(({ path }) => (path === undefined ? [] : [word(path)]));
  const names = listed(closed.map((pool) => pool.name));
  return [
    found('warning', 'rights.storage', `${facts.user} may not write into the folders of ${names}.`, {
      cause:
        'Drover proves that hosts share a folder by a small file, and makes images for disks that are copied, with the rights of this login. Without them disks count as not shared.',
      fix:
        paths.length === 0
          ? undefined
          : asRoot(
              host,
              facts,
              `setfacl -m u:${word(facts.user)}:rwx ${paths.join(' ')}`,
              'Or log in as root.',
            ),
    }),
  ];
}

const packages: Readonly<Record<string, Parameters<typeof install>[1]>> = {
  'qemu-img': { debian: 'qemu-utils', fedora: 'qemu-img', suse: 'qemu-tools' },
  bash: { debian: 'bash', fedora: 'bash', suse: 'bash' },
  getent: { debian: 'libc-bin', fedora: 'glibc-common', suse: 'glibc' },
};
const others = { debian: 'coreutils', fedora: 'coreutils', suse: 'coreutils' };

function programs(host: Host, facts: HostInspection): readonly Finding[] {
  const missing = facts.missingPrograms;
  if (missing === undefined) return [];
  if (missing.length === 0) return [fine('programs', 'It has the programs that Drover runs on hosts.')];
  const wanted = missing.map((name) => packages[name] ?? others);
  const join = (family: 'debian' | 'fedora' | 'suse') =>
    [...new Set(wanted.map((each) => each[family]))].join(' ');
  const command = install(facts, { debian: join('debian'), fedora: join('fedora'), suse: join('suse') });
  return [
    found('warning', 'programs', `${host.name} lacks ${listed(missing)}.`, {
      cause: 'Drover looks at disks and ports with them; migrations cannot be planned without.',
      fix: command === undefined ? undefined : asRoot(host, facts, command),
    }),
  ];
}

function daemon(host: Host, facts: HostInspection): readonly Finding[] {
  const { daemon: told } = facts;
  if (told?.autostart === undefined) return [];
  if (told.autostart) return [fine('daemon', `${told.kind} starts with ${host.name}.`)];
  return [
    found('warning', 'daemon', `${told.kind} does not start with ${host.name}.`, {
      cause: 'After a restart of the host nobody could reach its VMs, and none would start by itself.',
      fix: asRoot(host, facts, `systemctl enable ${told.kind}.service ${told.kind}.socket`),
    }),
  ];
}
