import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toDroverError } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import { worldContract, worldProtocol } from '#shared/contract/worldContract.ts';
import { listenLocally } from '../../../machine/localSocket.ts';
import { SimulatedConsole } from './testing/simulatedConsole.ts';

/** A world that will not have this console: only its `hello` is ever asked. */
async function otherWorld(folder: string) {
  const refusal = new DroverError({
    code: 'world-unusable',
    tried: 'Use the simulated cluster Two servers (process 1)',
    cause: 'its world was started by Drover 0.0.9 and speaks version 0 of the protocol',
    next: 'End that world and start it anew with this Drover',
  }).toData();
  const hello = implement(worldContract).hello.handler(({ errors }) => {
    throw errors.DROVER({ message: refusal.message, data: refusal });
  });
  const handler = new RPCHandler({ hello });
  const socketPath = join(folder, 'socket', 'world.sock');
  mkdirSync(folder, { recursive: true });
  const listening = await listenLocally(
    socketPath,
    (socket) => void handler.upgrade(socket, { context: {} }),
  );
  const info = { pid: 1, socketPath, scenario: 'two-servers', title: 'Two servers', seed: 1 };
  writeFileSync(join(folder, 'world.json'), JSON.stringify(info));
  return listening;
}

describe('a world that cannot be used', () => {
  let console_: SimulatedConsole;
  let folder: string;
  beforeEach(() => {
    console_ = new SimulatedConsole();
    folder = mkdtempSync(join(tmpdir(), 'drover-other-world-'));
  });
  afterEach(async () => {
    await console_.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('of another version: says so, and nothing is added', async () => {
    const world = await otherWorld(folder);
    try {
      const client = await console_.start();
      const refused: unknown = await client.clusters
        .addSimulated({ scenario: 'joined', folder })
        .catch((thrown: unknown) => toDroverError(thrown));
      expect(refused).toMatchObject({
        code: 'world-unusable',
        message: expect.stringMatching(/version 0 of the protocol.*start it anew/),
      });
      expect((await client.live.snapshot()).clusters).toEqual([]);
    } finally {
      await world.close();
    }
  });

  it('that runs: is asked itself, whatever could be made of what it has kept', async () => {
    const world = await otherWorld(folder);
    try {
      const client = await console_.start();
      const kept = { version: worldProtocol, scenario: 'of-somebody-else', seed: 1 };
      writeFileSync(join(folder, 'state.json'), JSON.stringify(kept));
      const refused: unknown = await client.clusters
        .addSimulated({ scenario: 'joined', folder })
        .catch((thrown: unknown) => toDroverError(thrown));
      expect(refused).toMatchObject({ message: expect.stringMatching(/speaks version 0 of the protocol/) });
    } finally {
      await world.close();
    }
  });

  it('kept by another version, or damaged: says so, and what to do', async () => {
    const client = await console_.start();
    const refused = async (state: string) => {
      writeFileSync(join(folder, 'state.json'), state);
      return await client.clusters
        .addSimulated({ scenario: 'joined', folder })
        .catch((thrown: unknown) => toDroverError(thrown));
    };
    expect(await refused('{"version":99,"scenario":"two-servers","seed":1}')).toMatchObject({
      code: 'world-unusable',
      message: expect.stringMatching(
        /version 99 of the protocol, and this Drover speaks version \d+.*state\.json/,
      ),
    });
    expect(await refused(`{"version":${worldProtocol},"scenario":"harbour","seed":1}`)).toMatchObject({
      message: expect.stringContaining('no scenario called harbour'),
    });
    expect(await refused('{"vers')).toMatchObject({ message: expect.stringContaining('is damaged') });
    expect((await client.live.snapshot()).clusters).toEqual([]);
  });

  it('that dies whenever it is started: is left after three times, with its last words', async () => {
    const script = 'console.error("No room for a world today."); process.exit(1)';
    const client = await console_.start({
      worldProgram: { command: process.execPath, words: ['-e', script, '--'], environment: {} },
    });
    const refused: unknown = await client.clusters
      .addSimulated({ scenario: 'two-servers' })
      .catch((thrown: unknown) => toDroverError(thrown));
    expect(refused).toMatchObject({
      code: 'world-stopped',
      message: expect.stringMatching(/3 times within a minute.*exit code 1.*No room for a world today/),
    });
    expect((await client.live.snapshot()).clusters).toEqual([]);
  });

  it('whose program is not there: says that it could not be started', async () => {
    const client = await console_.start({
      worldProgram: { command: join(folder, 'nothing'), words: [], environment: {} },
    });
    const refused: unknown = await client.clusters
      .addSimulated({ scenario: 'two-servers' })
      .catch((thrown: unknown) => toDroverError(thrown));
    expect(refused).toMatchObject({
      code: 'world-stopped',
      message: expect.stringContaining('could not be started'),
    });
  });
});
