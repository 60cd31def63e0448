import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HostKey, LabDescription, LabHost } from './labState.ts';
import { insideHost, labCacheFolder } from './places.ts';
import { runProgram } from './runProgram.ts';

/** SHA256 fingerprint of a public key line, as ssh-keygen -l prints it (RFC 4253 blob, base64 without padding). */
export const fingerprintOf = (publicKey: string): string =>
  `SHA256:${createHash('sha256')
    .update(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'))
    .digest('base64')
    .replace(/=+$/, '')}`;

export async function makeKey(
  file: string,
  type: 'ed25519' | 'ecdsa' | 'rsa',
  comment: string,
): Promise<void> {
  const size = type === 'rsa' ? ['-b', '2048'] : [];
  await runProgram(['ssh-keygen', '-q', '-t', type, ...size, '-N', '', '-C', comment, '-f', file]);
}

/** The host's own ed25519, ecdsa and rsa keys, made in its folder. */
export async function makeHostKeys(folder: string, name: string): Promise<readonly HostKey[]> {
  await mkdir(join(folder, 'etc/ssh'), { recursive: true });
  const types = ['ed25519', 'ecdsa', 'rsa'] as const;
  return await Promise.all(
    types.map(async (type) => {
      const file = join(folder, `etc/ssh/ssh_host_${type}_key`);
      await makeKey(file, type, `root@${name}`);
      const [kind = '', blob = ''] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
      const publicKey = `${kind} ${blob}`;
      return { type: kind, fingerprint: fingerprintOf(publicKey), publicKey };
    }),
  );
}

/** Writes everything in which one host differs from the machine it runs on; boot.sh mounts it. */
export async function writeHostFiles(lab: LabDescription, host: LabHost): Promise<void> {
  const folders = [
    'etc/libvirt/storage/autostart',
    'etc/libvirt/qemu',
    'etc/pam.d',
    'var/cache/libvirt/qemu',
    'var/log/libvirt/qemu',
  ];
  const state = ['shared', 'local', 'boot', 'images', 'qemu'].map((name) => `var/lib/libvirt/${name}`);
  for (const folder of [...folders, ...state, 'root', 'home/operator', 'home/norights', 'tmp', 'run'])
    await mkdir(join(host.folder, folder), { recursive: true });
  const authorized = await readFile(`${lab.keyFile}.pub`, 'utf8');
  const files: Readonly<Record<string, string>> = {
    'etc/hostname': `${host.name}\n`,
    'etc/machine-id': `${host.uuid.replaceAll('-', '')}\n`,
    'etc/resolv.conf': '# A lab host asks nobody.\n',
    'etc/hosts': hostsFile(lab, host),
    'etc/libvirt/libvirtd.conf': libvirtdConf(host),
    'etc/libvirt/qemu.conf': qemuConf(host),
    'etc/libvirt/storage/shared.xml': poolXml('shared', insideHost.sharedPool),
    'etc/libvirt/storage/local.xml': poolXml('local', insideHost.localPool),
    'etc/ssh/sshd_config': sshdConfig(host),
    'etc/ssh/authorized_keys/root': authorized,
    'etc/ssh/authorized_keys/operator': authorized,
    'etc/ssh/authorized_keys/norights': authorized,
    // Passwords only: no login accounting, audit or systemd session, which the machine's own file may ask for.
    'etc/pam.d/sshd':
      'auth required pam_unix.so nodelay\naccount required pam_unix.so\nsession required pam_permit.so\n',
    ...(await accountFiles(lab)),
  };
  for (const [path, content] of Object.entries(files)) {
    const file = join(host.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: path === 'etc/shadow' ? 0o600 : 0o644 });
  }
  for (const pool of ['shared', 'local'])
    await symlink(`../${pool}.xml`, join(host.folder, `etc/libvirt/storage/autostart/${pool}.xml`));
  await runProgram(['chown', '64001:64001', join(host.folder, 'home/operator')]);
  await runProgram(['chown', '64002:64002', join(host.folder, 'home/norights')]);
  const probed = join(labCacheFolder(), 'capabilities');
  if (existsSync(probed))
    await cp(probed, join(host.folder, 'var/cache/libvirt/qemu/capabilities'), { recursive: true });
}

function hostsFile(lab: LabDescription, host: LabHost): string {
  const others = lab.hosts.filter((one) => one !== host && one.resolvable);
  // Debian's installer gives a host's own name to 127.0.1.1, which is what makes migrations to "its name" fail.
  const own = host.resolvable ? host.address : '127.0.1.1';
  return [
    '127.0.0.1 localhost',
    `${own} ${host.name}`,
    ...others.map((one) => `${one.address} ${one.name}`),
    '',
  ].join('\n');
}

const libvirtdConf = (host: LabHost): string => `host_uuid = "${host.uuid}"
unix_sock_group = "libvirt"
unix_sock_ro_perms = "0777"
unix_sock_rw_perms = "0770"
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "2:file:/var/log/libvirt/libvirtd.log"
`;

const qemuConf = (host: LabHost): string => `security_driver = "none"
user = "root"
group = "root"
remember_owner = 0
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
${host.migrationHost ? `migration_host = "${host.address}"\n` : ''}`;

const poolXml = (name: string, path: string): string =>
  `<pool type='dir'><name>${name}</name><target><path>${path}</path></target></pool>\n`;

const sshdConfig = (host: LabHost): string => `Port ${host.sshPort}
HostKey /etc/ssh/ssh_host_ed25519_key
HostKey /etc/ssh/ssh_host_ecdsa_key
HostKey /etc/ssh/ssh_host_rsa_key
AuthorizedKeysFile /etc/ssh/authorized_keys/%u
PermitRootLogin prohibit-password
PasswordAuthentication yes
KbdInteractiveAuthentication yes
UsePAM yes
UseDNS no
PrintMotd no
AllowTcpForwarding yes
AllowStreamLocalForwarding ${host.streamLocalForwarding ? 'yes' : 'no'}
Subsystem sftp internal-sftp
`;

/** The machine's accounts with the lab's two users added; only operator may open libvirt's socket. */
async function accountFiles(lab: LabDescription): Promise<Readonly<Record<string, string>>> {
  const users = [lab.users.operator, lab.users.norights];
  const withoutOurs = (text: string): string[] =>
    text.split('\n').filter((line) => line !== '' && !users.some(({ user }) => line.startsWith(`${user}:`)));
  const passwd = withoutOurs(await readFile('/etc/passwd', 'utf8'));
  const group = withoutOurs(await readFile('/etc/group', 'utf8')).filter(
    (line) => !line.startsWith('libvirt:'),
  );
  const shadow: string[] = [];
  for (const { user, password } of users) shadow.push(`${user}:${await crypt(password)}:20000:0:99999:7:::`);
  users.forEach(({ user }, at) => {
    passwd.push(`${user}:x:${64001 + at}:${64001 + at}::/home/${user}:/bin/sh`);
    group.push(`${user}:x:${64001 + at}:`);
  });
  group.push(`libvirt:x:64000:${lab.users.operator.user}`);
  const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
  // No password of the machine's own users is copied: root and all others have none here.
  return {
    'etc/passwd': text(passwd),
    'etc/group': text(group),
    'etc/shadow': text(['root:*:20000:0:99999:7:::', ...shadow]),
  };
}

async function crypt(password: string): Promise<string> {
  const salt = randomBytes(6).toString('hex');
  return await runProgram(['perl', '-e', 'my ($p, $s) = <STDIN>; chomp($p, $s); print crypt($p, $s)'], {
    input: `${password}\n$6$${salt}$\n`,
  });
}
