import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DroverClient } from '#shared/contract/client.ts';
import { type Diagnosis, findingSchema } from '#shared/model/diagnosis.ts';
import { someHost } from '#shared/testing/nouns.ts';
import {
  clusterNow,
  SimulatedConsole,
  untilConnected,
} from '../../backend/simulation/testing/simulatedConsole.ts';
import { summary } from './doctor.ts';

const saidSchema = z.object({
  host: z.string(),
  id: z.string(),
  at: z.number(),
  level: z.enum(['fine', 'warning', 'blocking']),
  findings: z.array(findingSchema),
  peers: z.array(
    z.object({
      host: z.string(),
      id: z.string(),
      to: z.array(findingSchema),
      from: z.array(findingSchema),
    }),
  ),
});

const levels = (...some: readonly ('fine' | 'warning' | 'blocking')[]): Diagnosis => ({
  hostId: someHost('server-a').id,
  at: 0,
  findings: some.map((level) => ({ check: 'some', level, title: 'So.' })),
  peers: [],
});

it.each([
  [levels('fine', 'fine'), 'server-a is fine: 2 checks.'],
  [levels('fine', 'warning'), 'server-a works; 1 thing to look at.'],
  [levels('blocking'), '1 thing blocks server-a or migrations with it.'],
  [
    levels('blocking', 'warning', 'blocking', 'warning'),
    '2 things block server-a or migrations with it, and 2 things to look at.',
  ],
])('sums up a look', (diagnosis, said) => {
  expect(summary(someHost('server-a'), diagnosis)).toBe(said);
});

describe('drover host doctor', { timeout: 240_000 }, () => {
  const console_ = new SimulatedConsole();
  let client: DroverClient;
  beforeAll(async () => {
    client = await console_.start();
    await client.clusters.addSimulated({ scenario: 'two-servers' });
    await untilConnected(client);
  }, 120_000);
  afterAll(() => console_.end(), 60_000);

  const drover = (...words: readonly string[]) =>
    new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
      const program = join(process.env['DROVER_TEST_PROGRAMS'] ?? '', 'drover.js');
      const all = [program, '--data', console_.dataFolder, ...words];
      execFile(process.execPath, all, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });

  it('ends with 0 where nothing blocks, and tells all it looked at, for programs too', async () => {
    const asked = await drover('host', 'doctor', 'server-a', '--json');
    expect(asked.code, asked.stderr).toBe(0);
    const said = saidSchema.parse(JSON.parse(asked.stdout));
    expect(said).toMatchObject({ host: 'server-a', level: 'warning', peers: [{ host: 'server-b' }] });
    const checks = (findings: readonly { readonly check: string }[]) => findings.map(({ check }) => check);
    expect(checks(said.findings)).toEqual(
      expect.arrayContaining(
        'libvirt qemu kvm rights rights.storage pool.local pool.shared disk./ memory networks clock'.split(
          ' ',
        ),
      ),
    );
    const between = 'cpu machine storage port name network tls clock'.split(' ');
    for (const way of [said.peers[0]?.to, said.peers[0]?.from])
      expect(checks(way ?? [])).toEqual(expect.arrayContaining(between.map((what) => `migration.${what}`)));
    // The one thing that is wrong with the two servers.
    expect(said.peers[0]?.to.filter(({ level }) => level !== 'fine')).toMatchObject([
      { check: 'migration.clock', level: 'warning', fix: { on: 'server-b' } },
    ]);
  });

  it('ends with 1 where something blocks, and is read by people group by group, the worst first', async () => {
    await client.clusters.fault({
      clusterId: (await clusterNow(client)).id,
      fault: { kind: 'power-off', host: 'server-b' },
    });
    const asked = await drover('host', 'doctor', 'server-b');
    expect(asked.code, asked.stderr).toBe(1);
    expect(asked.stdout).toMatch(
      /^server-b\n {2}BLOCKS {2}server-b does not answer, so nothing could be asked\.\n/,
    );
    expect(asked.stdout).toContain('drover host reconnect server-b');
    expect(asked.stdout).toMatch(/\nVMs from server-b to server-a\n {2}WARNING /);
    expect(asked.stdout).toMatch(/\n1 thing blocks server-b or migrations with it, and .* to look at\.\n$/);
  });

  it('ends with 1 for a host that is not there, without a look', async () => {
    const asked = await drover('host', 'doctor', 'server-z', '--json');
    expect(asked.code).toBe(1);
    expect(JSON.parse(asked.stdout)).toMatchObject({ code: 'not-found' });
  });

  it('ends with 2 where no host is named, and says how it is called', async () => {
    const asked = await drover('host', 'doctor');
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain("missing required argument 'host'");
    expect(asked.stderr).toMatch(/\nUsage: drover .*host doctor .*<host>\n/);
    expect(asked.stdout).toBe('');
  });
});
