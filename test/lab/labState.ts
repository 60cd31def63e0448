import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LabError } from './labError.ts';
import { labFolder, labsFolder } from './places.ts';
import { processSchema } from './processIdentity.ts';

const hostKeySchema = z.object({
  type: z.string(),
  fingerprint: z.string().describe('SHA256:..., as ssh-keygen prints it'),
  publicKey: z.string().describe('type and base64, as in known_hosts'),
});

const poolSchema = z.object({
  name: z.string(),
  path: z.string().describe('as the hosts see it'),
  outsidePath: z.string().describe('the same folder as the workstation sees it'),
});

const loginSchema = z.object({ user: z.string(), password: z.string() });

const labHostSchema = z.object({
  name: z.string(),
  uuid: z.string(),
  address: z.string(),
  sshPort: z.number(),
  user: z.string(),
  keyFile: z.string(),
  hostKeys: z.array(hostKeySchema),
  libvirtSocket: z.string().describe('as the workstation sees it, for a root process beside the lab'),
  localPool: poolSchema,
  namespace: z.string(),
  folder: z.string(),
  libvirt: z.boolean().describe('false: a host without libvirt running'),
  streamLocalForwarding: z.boolean().describe('false: its sshd refuses to forward sockets'),
  modularSocket: z.boolean().describe('true: libvirt listens at virtqemud-sock instead of libvirt-sock'),
  migrationHost: z.boolean().describe('false: qemu.conf sets no migration_host'),
  resolvable: z.boolean().describe('false: the other hosts cannot resolve its name'),
});

const labGuestSchema = z.object({
  name: z.string(),
  uuid: z.string(),
  host: z.string().describe('where it was defined; it may have been migrated since'),
  address: z.string(),
  mac: z.string(),
  counterPort: z.number().describe('TCP: a line every 10 ms'),
  echoPort: z.number().describe('UDP: one answer a question'),
  memoryMiB: z.number(),
  dirtyMiB: z.number(),
  dirtyRateMiBPerSecond: z.number(),
  storage: z.enum(['shared', 'local', 'none']),
  disk: z.string().nullable().describe('as the hosts see it'),
});

const labDescriptionSchema = z.object({
  name: z.string(),
  index: z.number().int().min(1).max(254),
  folder: z.string(),
  subnet: z.string(),
  workstation: z.string(),
  cable: z.string().describe("the lab's network interface on the workstation"),
  keyFile: z.string(),
  knownHostsFile: z.string(),
  users: z.object({ operator: loginSchema, norights: loginSchema }),
  sharedPool: poolSchema,
  owner: processSchema
    .nullable()
    .describe('the process whose death makes the lab rubbish; null: stays until down'),
  hosts: z.array(labHostSchema),
  guests: z.array(labGuestSchema),
});

export type HostKey = Readonly<z.infer<typeof hostKeySchema>>;
export type LabHost = Readonly<z.infer<typeof labHostSchema>>;
export type LabGuest = Readonly<z.infer<typeof labGuestSchema>>;
export type LabDescription = Readonly<z.infer<typeof labDescriptionSchema>>;

const stateFile = (name: string): string => join(labFolder(name), 'lab.json');

export async function readLab(name: string): Promise<LabDescription | undefined> {
  if (!existsSync(stateFile(name))) return undefined;
  const parsed = labDescriptionSchema.safeParse(JSON.parse(await readFile(stateFile(name), 'utf8')));
  return parsed.success ? parsed.data : undefined;
}

export async function requireLab(name: string): Promise<LabDescription> {
  const lab = await readLab(name);
  if (lab) return lab;
  const others = (await labNames()).join(', ') || 'none';
  throw new LabError(
    `There is no lab named "${name}" (there is: ${others}). \`npm run lab -- up --hosts 2 --name ${name}\` makes it.`,
  );
}

export async function writeLab(lab: LabDescription): Promise<void> {
  const fresh = `${stateFile(lab.name)}.new`;
  await writeFile(fresh, `${JSON.stringify(lab, null, 2)}\n`, { mode: 0o600 });
  await rename(fresh, stateFile(lab.name));
}

export async function labNames(): Promise<readonly string[]> {
  const folder = join(labsFolder, 'labs');
  return existsSync(folder) ? (await readdir(folder)).sort() : [];
}

export function hostOf(lab: LabDescription, name: string): LabHost {
  const host = lab.hosts.find((one) => one.name === name);
  if (host) return host;
  throw new LabError(
    `Lab "${lab.name}" has no host "${name}"; it has ${lab.hosts.map((one) => one.name).join(', ')}.`,
  );
}

export function guestOf(lab: LabDescription, name: string): LabGuest {
  const guest = lab.guests.find((one) => one.name === name);
  if (guest) return guest;
  const names = lab.guests.map((one) => one.name).join(', ') || 'none';
  throw new LabError(`Lab "${lab.name}" has no guest "${name}"; it has ${names}.`);
}
