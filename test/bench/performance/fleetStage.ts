import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DroverClient } from '#shared/contract/client.ts';
import type { LiveState } from '#shared/model/live.ts';
import { startBackend } from '../../../electron/backend/backend.ts';
import { readWorldInfo } from '../../../electron/backend/simulation/worldFolder.ts';
import { type OrdinaryUser, ordinaryUser } from '../../e2e/ordinaryUser.ts';
import type { FleetSize } from './fleet.ts';

const worldPatienceMs = 60_000;
const joinPatienceMs = 180_000;
const lookEveryMs = 200;

/** A simulated cluster of the size, running, and the data folder of an ordinary user whose console knows it. */
export interface FleetStage {
  readonly user: OrdinaryUser;
  readonly dataFolder: string;
  readonly size: FleetSize;
  close(): Promise<void>;
}

export async function startFleetStage(size: FleetSize, rate: number): Promise<FleetStage> {
  const user = await ordinaryUser();
  const folder = join(user.home, 'world');
  const dataFolder = join(user.home, 'drover');
  const world = await startFleetWorld(folder, size, rate);
  const close = async () => {
    const ended = once(world, 'exit');
    if (world.exitCode === null && world.kill('SIGTERM')) await ended;
    await user.leave();
  };
  try {
    await mkdir(dataFolder);
    await joinWorld(dataFolder, folder, size);
    await giveAway(user.home, user.uid);
    return { user, dataFolder, size, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function startFleetWorld(folder: string, size: FleetSize, rate: number): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'fleetWorld.ts');
  const words = [folder, size.hosts, size.vms, rate].map(String);
  const world = spawn(process.execPath, ['--import', 'tsx', program, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const deadline = performance.now() + worldPatienceMs;
  while (readWorldInfo(folder) === undefined) {
    if (world.exitCode !== null) throw new Error(`the world of the fleet ended with ${world.exitCode}`);
    if (performance.now() > deadline) throw new Error('the world of the fleet does not answer');
    await pause(lookEveryMs);
  }
  return world;
}

/** As an operator does once: afterwards the cluster is in the data folder's journal with all that its hosts told. */
async function joinWorld(dataFolder: string, world: string, size: FleetSize): Promise<void> {
  const backend = await startBackend({ dataFolder, mode: 'command' });
  try {
    const client = backend.client({ who: 'tester@workstation', via: 'command' });
    await client.clusters.addSimulated({ scenario: 'fleet', folder: world });
    await untilAllKnown(client, size);
  } finally {
    await backend.stop();
  }
}

async function untilAllKnown(client: DroverClient, size: FleetSize): Promise<void> {
  const deadline = performance.now() + joinPatienceMs;
  const isKnown = ({ hosts, vms }: LiveState) =>
    vms.length === size.vms && hosts.every(({ connection }) => connection.state === 'connected');
  while (!isKnown(await client.live.snapshot())) {
    if (performance.now() > deadline)
      throw new Error(`${size.hosts} hosts did not tell of ${size.vms} VMs in time`);
    await pause(lookEveryMs);
  }
}

async function giveAway(folder: string, uid: number): Promise<void> {
  if (process.getuid?.() !== 0) return;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    await chown(join(entry.parentPath, entry.name), uid, uid).catch((thrown: unknown) => {
      // SQLite clears its side files away a moment after the backend has ended.
      if (!/ENOENT/.test(String(thrown))) throw thrown;
    });
}

const pause = (delayMs: number) => new Promise<void>((resolve) => void setTimeout(resolve, delayMs));
