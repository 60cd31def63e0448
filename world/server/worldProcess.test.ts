import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listDomains, openSession } from '../testing/askHost.ts';
import {
  connectWorld,
  greet,
  type StartedWorld,
  spawnWorld,
  type WorldConsole,
} from '../testing/worldConsole.ts';

let folder = '';
let worlds: StartedWorld[] = [];
let consoles: WorldConsole[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-world-test-'));
});

afterEach(async () => {
  for (const console of consoles) console.close();
  for (const { process, ended } of worlds) {
    process.kill('SIGKILL');
    await ended;
  }
  consoles = [];
  worlds = [];
  rmSync(folder, { recursive: true, force: true });
});

function start(...words: readonly string[]): StartedWorld {
  const world = spawnWorld('--folder', folder, '--scenario', 'two-servers', ...words);
  worlds.push(world);
  return world;
}

async function connect(world: StartedWorld): Promise<WorldConsole> {
  const console = await connectWorld(folder, world.process.pid);
  consoles.push(console);
  return console;
}

describe('the process of a simulated world', { timeout: 60_000 }, () => {
  it('answers in its folder, which is private, and forgets it when told to', async () => {
    const world = start('--seed', '5', '--rate', '60');
    const console = await connect(world);
    const about = await greet(console);
    expect(about).toMatchObject({ scenario: 'two-servers', title: 'Two servers', seed: 5 });
    expect(about.story).toMatch(/^Server A and Server B share storage/);
    expect(about.hosts.map(({ name }) => name)).toEqual(['server-a', 'server-b']);
    expect(statSync(join(folder, 'socket')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'socket/world.sock')).mode & 0o777).toBe(0o600);
    for await (const status of await console.client.watch()) {
      expect(status.clock).toMatchObject({ rate: 60, paused: false });
      expect(status.consoles).toBe(1);
      break;
    }
    await console.client.end({ forget: true });
    expect(await world.ended).toBe(0);
    expect(existsSync(join(folder, 'world.json'))).toBe(false);
    expect(existsSync(join(folder, 'state.json'))).toBe(false);
  });

  it('tells a console of another version, or none, that it cannot be used', async () => {
    const console = await connect(start());
    await expect(openSession(console.client, 'server-a')).rejects.toMatchObject({
      data: { code: 'world-unusable' },
    });
    await expect(console.client.hello({ protocol: 99, console: 'newer' })).rejects.toMatchObject({
      data: {
        code: 'world-unusable',
        message: expect.stringMatching(
          /speaks version \d+ of the protocol, and this Drover speaks version 99/,
        ),
      },
    });
    await greet(console);
    await expect(
      console.client.fault({ kind: 'slow-link', host: 'server-a', rateBitsPerSecond: 1 }),
    ).rejects.toMatchObject({ data: { code: 'input-unusable' } });
  });

  it('is one for a folder: of two started at once one ends and says why', async () => {
    const [one, other] = [start(), start()];
    const code = await Promise.race([one.ended, other.ended]);
    expect(code).toBe(3);
    const [loser, winner] = /runs there already/.test(one.said()) ? [one, other] : [other, one];
    expect(loser.said()).toMatch(/Start a simulated cluster in .*: .* runs there already/);
    await greet(await connect(winner));
  });

  it('goes on where it was after it was killed, with nobody connected', async () => {
    const first = start();
    const console = await connect(first);
    await greet(console);
    await console.client.clock.set({ paused: true });
    await console.client.clock.step({ milliseconds: 3_600_000 });
    const session = await openSession(console.client, 'server-a');
    const [vm] = await listDomains(console.client, session);
    await console.client.domains.destroy({ session, uuid: vm?.uuid ?? '' });
    const statePath = join(folder, 'state.json');
    await expect
      .poll(() => readFileSync(statePath, 'utf8').includes('"endedBy":"destroyed"'), { timeout: 20_000 })
      .toBe(true);
    first.process.kill('SIGKILL');
    await first.ended;
    const again = await connect(start());
    await greet(again);
    for await (const { clock } of await again.client.watch()) {
      expect(clock.paused).toBe(true);
      break;
    }
    const next = await openSession(again.client, 'server-a');
    expect(await again.client.domains.state({ session: next, uuid: vm?.uuid ?? '' })).toEqual({
      state: 'inactive',
      reason: 'destroyed',
    });
    await expect(listDomains(again.client, 'session-999')).rejects.toMatchObject({
      data: { code: 'connection-lost' },
    });
  });

  it('writes itself down and ends when it is asked to, or nobody has been there for a while', async () => {
    const asked = start();
    await greet(await connect(asked));
    asked.process.kill('SIGTERM');
    expect(await asked.ended).toBe(0);
    expect(existsSync(join(folder, 'state.json'))).toBe(true);
    expect(existsSync(join(folder, 'world.json'))).toBe(false);
    const alone = start('--linger', '1');
    expect(await alone.ended).toBe(0);
  });

  it('ends the sessions of a console that is gone', async () => {
    const world = start();
    const one = await connect(world);
    const other = await connect(world);
    await greet(one);
    await greet(other);
    const session = await openSession(one.client, 'server-b');
    await expect(other.client.session.ping({ session })).resolves.toEqual({});
    one.close();
    await expect
      .poll(
        () =>
          other.client.session.ping({ session }).then(
            () => 'open',
            () => 'ended',
          ),
        { timeout: 20_000 },
      )
      .toBe('ended');
  });

  it('is not started of a scenario that there is not: the names there are, and code 2', async () => {
    const world = start('--scenario', 'harbour');
    expect(await world.ended).toBe(2);
    expect(world.said()).toMatch(/Choose one of: two-servers/);
  });

  it('does not start from what another version kept', async () => {
    writeFileSync(join(folder, 'state.json'), '{"version":99,"scenario":"two-servers"}');
    const world = start();
    expect(await world.ended).toBe(1);
    expect(world.said()).toMatch(
      /speaks version 99 of the protocol, and this one speaks version \d+.*state\.json/,
    );
  });

  it('lives in a folder with a long path, too', async () => {
    const root = folder;
    folder = join(folder, 'a-very-long-name-of-a-folder'.repeat(4));
    const console = await connect(start());
    await greet(console);
    const { socketPath } = JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')) as {
      socketPath: string;
    };
    expect(socketPath.startsWith(folder)).toBe(false);
    expect(statSync(join(socketPath, '..')).mode & 0o777).toBe(0o700);
    await console.client.end({ forget: true });
    await worlds.at(-1)?.ended;
    expect(existsSync(socketPath)).toBe(false);
    folder = root;
  });
});
