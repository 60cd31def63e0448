import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { migrationStations } from '#shared/model/migration.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { addHostWords, DroverCommand, oneJsonValue } from './droverCommand.ts';

const noLab = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const patience = { timeout: 60_000, interval: 100 };

const hostSchema = z.object({
  name: z.string(),
  address: z.string(),
  cluster: z.string(),
  state: z.string(),
});
const vmSchema = z.object({ name: z.string(), uuid: z.string(), host: z.string(), state: z.string() });
const movedSchema = z.object({
  vm: z.string(),
  from: z.string(),
  to: z.string(),
  memoryBytes: z.number().positive(),
  diskBytes: z.number(),
  rounds: z.number().int().positive(),
  downtimeMs: z.number(),
  transferMs: z.number().positive(),
  totalMs: z.number().positive(),
  steps: z.array(z.object({ step: z.number(), station: z.string(), durationMs: z.number() })).length(6),
});
const taskSchema = z.object({
  id: z.string(),
  title: z.string(),
  state: z.string(),
  outcome: z.string().optional(),
  requestedBy: z.object({ who: z.string(), via: z.string(), why: z.string().optional() }),
  steps: z.array(z.object({ title: z.string(), state: z.string() })),
  log: z.array(z.object({ text: z.string() })),
});
const begunSchema = z.object({ vm: z.string(), from: z.string(), to: z.string(), task: z.string() });

describe('the words of the command', () => {
  let drover: DroverCommand;

  beforeAll(() => {
    drover = new DroverCommand();
  });
  afterAll(async () => {
    await drover.close();
  });

  it.each([
    ['a verb that is none', 'vm fly'],
    ['a host without its cluster', 'host add ssh://root@10.0.0.1'],
    ['a migration to nowhere', 'vm migrate vm-1'],
    ['a rate without a number', 'vm migrate vm-1 --to host-b --bandwidth fast'],
    ['a downtime of nothing', 'vm migrate vm-1 --to host-b --max-downtime 0'],
    ['a verb without its VM', 'vm pause'],
    ['neither on nor off', 'vm autostart vm-1 maybe'],
    ['a patience without end', 'vm shutdown vm-1 --patience forever'],
    ['a definition for no host', 'vm define vm-1.xml'],
    ['a count that is none', 'task list --limit many'],
    ['a port beyond all ports', 'serve --port 70000'],
    ['a word too many', 'host list all'],
    ['an option that is none', 'vm list --everything'],
    ['no words at all', ''],
  ])('exits with 2 for %s', async (_what, text) => {
    const words = text.split(' ').filter(Boolean);
    const plain = await drover.run(...words);
    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(plain.stderr).not.toBe('');
    const { code, stdout } = await drover.run(...words, '--json');
    expect(code).toBe(2);
    expect(oneJsonValue(stdout)).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/\w+ \w+/),
      next: expect.stringContaining('help'),
    });
  });

  it('tells its version and its words on standard output', async () => {
    expect(await drover.run('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+/),
    });
    const help = await drover.run('vm', 'migrate', '--help');
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--max-downtime') });
  });

  it('is interrupted while it connects: it says so as one value, and ends', async () => {
    const silent = createServer();
    const port = await new Promise<number>((resolve) =>
      silent.listen(0, '127.0.0.1', () => {
        const address = silent.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      }),
    );
    try {
      const connected = once(silent, 'connection');
      const address = `ssh://root@127.0.0.1:${port}`;
      const adding = drover.start(['host', 'add', address, '--cluster', 'lab', '--json']);
      await connected;
      adding.interrupt();
      const ran = await adding.ended;
      expect(ran.code).toBe(1);
      expect(oneJsonValue(ran.stdout)).toMatchObject({
        code: 'interrupted',
        message: expect.stringContaining('interrupted before it was done'),
      });
      expect(await drover.ask(z.array(z.unknown()), 'host', 'list')).toEqual([]);
    } finally {
      silent.close();
    }
  });

  it('may be run several times at once on one folder, of which one at a time is the owner', async () => {
    const elsewhere = `${drover.home}/raced`;
    const lists = [1, 2, 3, 4].map(() =>
      drover.ask(z.array(z.unknown()), 'host', 'list', '--data', elsewhere),
    );
    expect(await Promise.all(lists)).toEqual([[], [], [], []]);
  });

  it('has nothing to show on an empty folder, and says how to begin', async () => {
    expect(await drover.ask(z.array(z.unknown()), 'host', 'list')).toEqual([]);
    expect(await drover.ask(z.array(z.unknown()), 'vm', 'list')).toEqual([]);
    expect(await drover.ask(z.array(z.unknown()), 'task', 'list')).toEqual([]);
    expect((await drover.run('host', 'list')).stdout).toContain('drover host add ssh://user@address');
  });
});

describe.skipIf(noLab !== undefined)('the command with real hosts', () => {
  let lab: Lab;
  let drover: DroverCommand;

  beforeAll(async () => {
    lab = await startLab({
      name: 'command',
      hosts: 2,
      guests: [
        { name: 'busy', host: 'host-a', dirtyMiB: 32, dirtyRateMiBPerSecond: 20 },
        { name: 'local', host: 'host-a', storage: 'local', diskMiB: 48 },
      ],
    });
    drover = new DroverCommand();
  });
  afterAll(async () => {
    await drover?.close();
    await lab?.down();
  });

  /** Resolves once libvirt on the host says that memory flows. */
  const sending = async (host: string, guest: string) => {
    await expect
      .poll(
        async () => (await lab.virsh(host, ['domjobinfo', guest])).match(/Memory processed/)?.[0],
        patience,
      )
      .toBeDefined();
  };
  const task = (id: string) => drover.ask(taskSchema, 'task', 'show', id);

  it('adds hosts and lists them and their VMs, for programs and for people', async () => {
    await drover.addHost(lab, 'host-a');
    const plain = await drover.run(...addHostWords(lab, 'host-b'));
    expect(plain).toMatchObject({ code: 0, stdout: 'host-b added to lab.\n' });
    expect(await drover.ask(z.array(hostSchema), 'host', 'list')).toEqual(
      ['host-a', 'host-b'].map((name) => ({
        name,
        address: `ssh://root@${lab.host(name).address}`,
        cluster: 'lab',
        state: 'connected',
      })),
    );
    const vms = await drover.ask(z.array(vmSchema), 'vm', 'list');
    expect(vms).toEqual(
      ['busy', 'local'].map((name) => ({
        name,
        uuid: lab.guest(name).uuid,
        host: 'host-a',
        state: 'active',
      })),
    );
    const table = await drover.run('vm', 'list');
    expect(table.stdout).toMatch(/^NAME +HOST +STATE +VCPUS +MEMORY\nbusy +host-a +active +1 +\d+ MiB\n/);
    const shown = await drover.ask(vmSchema, 'vm', 'show', `host-a/${lab.guest('busy').uuid}`);
    expect(shown).toMatchObject({ name: 'busy', host: 'host-a', state: 'active' });
  });

  it('takes the data folder from its words, wherever they stand', async () => {
    const elsewhere = `${drover.home}/elsewhere`;
    for (const words of [
      ['--data', elsewhere, 'host', 'list'],
      ['host', '--data', elsewhere, 'list'],
      ['host', 'list', `--data=${elsewhere}`],
    ]) {
      expect(await drover.ask(z.array(hostSchema), ...words)).toEqual([]);
    }
    expect(await drover.ask(z.array(hostSchema), 'host', 'list', '--data', drover.dataFolder)).toHaveLength(
      2,
    );
  });

  it('migrates and waits, and tells what it took; virsh finds the VM on the destination only', async () => {
    const how = ['--bandwidth', '200MiB/s', '--max-downtime', '200ms', '--auto-converge', '--why', 'a try'];
    const moved = await drover.ask(movedSchema, 'vm', 'migrate', 'busy', '--to', 'host-b', ...how);
    expect(moved).toMatchObject({ vm: 'busy', from: 'host-a', to: 'host-b', diskBytes: 0 });
    expect(moved.steps.map((step) => step.station)).toEqual(migrationStations);
    expect(await lab.places('busy')).toEqual(['host-b running']);

    const [latest] = await drover.ask(z.array(taskSchema), 'task', 'list');
    expect(latest).toMatchObject({
      title: 'Migrate busy from host-a to host-b',
      state: 'succeeded',
      requestedBy: { via: 'command', why: 'a try' },
    });
    const whole = await task(latest?.id ?? '');
    expect(whole.steps).toHaveLength(6);
    expect(whole.log.map((line) => line.text).join(' ')).toContain('200 ms');
  });

  it('migrates with post-copy, by words for people', async () => {
    const ran = await drover.run('vm', 'migrate', 'host-b/busy', '--to', 'host-a', '--post-copy');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^busy moved from host-b to host-a\./);
    expect(ran.stdout).toMatch(/! Post-copy: once switched over/);
    expect(ran.stdout).toMatch(/downtime +\d+/);
    expect(await lab.places('busy')).toEqual(['host-a running']);
  });

  it('copies disks when told to, and says so when it has to be', async () => {
    const refused = await drover.refusal('vm', 'migrate', 'local', '--to', 'host-b');
    expect(refused.message).toContain('--copy-storage');
    const moved = await drover.ask(movedSchema, 'vm', 'migrate', 'local', '--to', 'host-b', '--copy-storage');
    expect(moved.diskBytes).toBeGreaterThan(0);
    expect(await lab.places('local')).toEqual(['host-b running']);
  });

  it('shows a plan and changes nothing', async () => {
    const planSchema = z.object({ title: z.string(), steps: z.array(z.unknown()).length(6) });
    const plan = await drover.ask(planSchema, 'vm', 'migrate', 'busy', '--to', 'host-b', '--plan');
    expect(plan.title).toBe('Migrate busy from host-a to host-b');
    expect(await lab.places('busy')).toEqual(['host-a running']);
  });

  it('works on several VMs at once, with an outcome for each, and exits with 1 if one failed', async () => {
    const ran = await drover.run(
      'vm',
      'pause',
      'busy',
      'nobody',
      'host-b/local',
      '--why',
      'a look',
      '--json',
    );
    expect(ran.code).toBe(1);
    expect(oneJsonValue(ran.stdout)).toMatchObject([
      { vm: 'busy', done: true, state: 'paused', outcome: 'busy is paused on host-a.' },
      { vm: 'nobody', done: false, error: { code: 'not-found' } },
      { vm: 'local', done: true, state: 'paused' },
    ]);
    const plain = await drover.run('vm', 'resume', 'busy', 'local');
    expect(plain).toMatchObject({
      code: 0,
      stdout: 'done      busy: busy runs on host-a.\ndone      local: local runs on host-b.\n',
    });
    const refused = await drover.refusal('vm', 'start', 'busy');
    expect(refused.message).toBe('Start busy on host-a: busy is active already.');
    const { stdout } = await drover.run('vm', 'xml', 'busy');
    expect(stdout).toContain(`<uuid>${lab.guest('busy').uuid}</uuid>`);
  });

  it('is cancelled by Ctrl-C: the VM stays where it was, and the exit code says that nothing was done', async () => {
    const slow = drover.start(['vm', 'migrate', 'busy', '--to', 'host-b', '--bandwidth', '1MiB/s', '--json']);
    await sending('host-a', 'busy');
    slow.interrupt();
    const ran = await slow.ended;
    expect(ran.code).toBe(1);
    expect(oneJsonValue(ran.stdout)).toMatchObject({
      code: 'cancelled',
      message: expect.stringMatching(/busy.*host-a/),
    });
    expect(await lab.places('busy')).toEqual(['host-a running']);
    expect(await lab.ask('busy')).toBeDefined();
    const [latest] = await drover.ask(z.array(taskSchema), 'task', 'list');
    expect(latest?.state).toBe('cancelled');
  });

  it('refuses to detach where nobody would go on', async () => {
    const refused = await drover.refusal('vm', 'migrate', 'busy', '--to', 'host-b', '--detach');
    expect(refused.message).toMatch(/no desktop app or server.*Start "drover serve"/);
    expect(await lab.places('busy')).toEqual(['host-a running']);
  });

  it('attaches to a server: detached tasks go on there, and can be cancelled from elsewhere', async () => {
    const server = await drover.serve();
    const migrate = ['vm', 'migrate', 'busy', '--to', 'host-b'];
    const begun = await drover.ask(begunSchema, ...migrate, '--detach', '--bandwidth', '1MiB/s');
    expect(begun).toMatchObject({ vm: 'busy', from: 'host-a', to: 'host-b' });
    expect(await task(begun.task)).toMatchObject({ state: 'running' });
    await sending('host-a', 'busy');
    expect(await drover.refusal('host', 'remove', 'host-b')).toMatchObject({ code: 'claimed' });

    expect(await drover.ask(taskSchema, 'task', 'cancel', begun.task)).toMatchObject({ state: 'cancelled' });
    expect(await lab.places('busy')).toEqual(['host-a running']);
    expect(await drover.refusal('task', 'cancel', begun.task)).toMatchObject({ code: 'cancel-refused' });

    const again = await drover.ask(begunSchema, ...migrate, '--detach');
    await expect.poll(async () => (await task(again.task)).state, patience).toBe('succeeded');
    expect(await lab.places('busy')).toEqual(['host-b running']);

    const fresh = await drover.ask(z.object({ address: z.string() }), 'serve');
    expect(fresh.address).not.toBe(server.address);
    expect(new URL(fresh.address).host).toBe(new URL(server.address).host);
    expect((await server.stop()).code).toBe(0);
  });

  it('forgets a host and leaves its VMs alone', async () => {
    expect((await drover.run('host', 'remove', 'host-b')).stdout).toContain('Its VMs were not touched');
    expect(await drover.ask(z.array(vmSchema), 'vm', 'list')).toEqual([]);
    expect(await lab.places('busy')).toEqual(['host-b running']);
  });

  it('asks on a terminal what the host wants to know, and shows no password', async () => {
    const { user, password } = lab.description().users.operator;
    const name = (await lab.sightings('local'))[0]?.host ?? '';
    const address = `ssh://${user}@${lab.host(name).address}`;
    const person = new DroverCommand();
    try {
      const added = await person.converse(
        ['host', 'add', address, '--cluster', 'lab'],
        [
          [/Trust SHA256:\S+ and connect\? \[y\/N\] /, 'y'],
          [/it asks for the password of operator.*\nPassword/s, 'not this one'],
          [/the password of operator was not accepted.*\nPassword/s, password],
        ],
      );
      expect(added).toMatchObject({ code: 0, screen: expect.stringContaining(`${name} added to lab.`) });
      // No server has kept it: the next command asks again.
      const listed = await person.converse(['vm', 'list'], [[/Password/, password]]);
      expect(listed).toMatchObject({ code: 0, screen: expect.stringMatching(/local +host-[ab] +active/) });
      const declined = await person.converse(['host', 'reconnect', name], [[/Password/, '']]);
      expect(declined).toMatchObject({
        code: 1,
        screen: expect.stringContaining('it asks for the password'),
      });
      for (const { screen } of [added, listed]) expect(screen).not.toContain(password);
      expect(await person.refusal('host', 'reconnect', name)).toMatchObject({ code: 'password-needed' });
    } finally {
      await person.close();
    }
  });

  it('says what went wrong on standard error, and nothing else anywhere', async () => {
    const ran = await drover.run('vm', 'show', 'busy');
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toBe(
      'Show VM busy: no VM is called busy. "drover vm list" shows those that Drover knows.\n',
    );
  });
});
