import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DroverError } from '#shared/contract/errors.ts';
import type { ClusterId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import { builtInScenarios, type ClockJump, type WorldFault } from '#shared/model/simulation.ts';
import { readScenario } from '#shared/scenario/readScenario.ts';
import { scenarioUnusable } from '#shared/scenario/scenarioUnusable.ts';
import type { Clock } from '../clock/clock.ts';
import { asDroverError } from '../drivers/simulator/hostSession.ts';
import { simulatedAddress } from '../drivers/simulator/simulator.ts';
import type { ClusterDefinition, HostRegistry, WorldRecord } from '../hosts/registry.ts';
import { endWorld, sweepUnfinished } from './endWorld.ts';
import { hasKeptWorld, readKeptWorld, readWorldInfo } from './worldFolder.ts';
import type { WorldLink } from './worldLink.ts';
import type { WorldPlaces } from './worldPlaces.ts';
import type { Worlds } from './worlds.ts';

export interface AddSimulatedRequest {
  readonly scenario: string;
  /** A scenario's file, which is read here, or what is in one. */
  readonly file?: string;
  readonly text?: string;
  readonly name?: string;
  readonly seed?: number;
  readonly folder?: string;
}

const defaultSeed = 1;
/** Real; a host that was off or cut before is not waited for. */
const settleMs = 5000;

/** Simulated clusters: they come and go whole, each with its world. */
export class SimulatedClusters {
  readonly #registry: HostRegistry;
  readonly #worlds: Worlds;
  readonly #places: WorldPlaces;
  readonly #wall: Clock;
  readonly #tell: (cluster: PhysicalCluster) => void;
  /** Being added just now, so that a second click does not make a second world. */
  readonly #adding = new Set<string>();
  readonly #ends = new Map<ClusterId, () => void>();

  constructor(input: {
    readonly registry: HostRegistry;
    readonly worlds: Worlds;
    readonly places: WorldPlaces;
    readonly wall: Clock;
    /** A simulated cluster as it stands now, whenever that is worth telling. */
    readonly tell: (cluster: PhysicalCluster) => void;
  }) {
    this.#registry = input.registry;
    this.#worlds = input.worlds;
    this.#places = input.places;
    this.#wall = input.wall;
    this.#tell = input.tell;
  }

  /** Makes the kept worlds known; before the registry opens their hosts. What we made is started where it has ended. */
  start(): void {
    for (const { name, world } of this.#registry.clusters()) {
      if (world === undefined) continue;
      const link = this.#worlds.open(world, name);
      void link.reach(world.made).catch(() => undefined);
    }
    void sweepUnfinished(this.#places, this.#wall);
  }

  /** From now on the clusters' worlds are told; after the registry has made the clusters known. */
  follow(): void {
    for (const cluster of this.#registry.clusters()) this.#follow(cluster);
  }

  /** All hosts of the world, or nothing. */
  async add(request: AddSimulatedRequest): Promise<PhysicalCluster> {
    const tried =
      request.folder === undefined
        ? `Add the simulated cluster ${request.scenario}`
        : `Join the simulated cluster in ${request.folder}`;
    const wanted =
      request.folder === undefined ? this.#fresh(tried, request) : this.#joined(tried, request.folder);
    const name = request.name ?? wanted.title;
    this.#refuseKnown(tried, name, request.folder === undefined ? undefined : wanted.folder);
    this.#adding.add(name);
    try {
      const isKnown = (key: string) => this.#worlds.get(key) !== undefined;
      const record: WorldRecord =
        wanted.folder === undefined
          ? { ...wanted, ...this.#places.reserve(name, isKnown), made: true }
          : { ...wanted, folder: wanted.folder, key: freeKey(name, isKnown), made: false };
      if (request.text !== undefined) writeFileSync(join(record.folder, 'scenario.yaml'), request.text);
      const link = this.#worlds.open(record, name, request.file);
      try {
        return await this.#addWith(link, name);
      } catch (thrown) {
        if (record.made) {
          await endWorld(link);
          this.#places.remove(record.folder);
        }
        this.#worlds.drop(record.key);
        throw thrown;
      }
    } finally {
      this.#adding.delete(name);
    }
  }

  /** Forgets it, and ends its world if that is ours. What works with it must have been refused before. */
  async remove(id: ClusterId): Promise<void> {
    const { world } = this.#definition(id, 'Remove a cluster');
    const link = world === undefined ? undefined : this.#worlds.get(world.key);
    if (world?.made === true && existsSync(world.folder)) this.#places.mark(world.folder);
    this.#ends.get(id)?.();
    this.#ends.delete(id);
    await this.#registry.removeCluster(id);
    if (world === undefined || link === undefined) return;
    if (world.made) {
      await endWorld(link);
      this.#places.remove(world.folder);
    }
    this.#worlds.drop(world.key);
  }

  async setClock(id: ClusterId, clock: { readonly rate?: number; readonly paused?: boolean }): Promise<void> {
    const { link, name } = this.#simulated(id, 'Set the clock');
    await answered(`Set the clock of ${name}`, link.client().clock.set(clock));
    // Whoever asks next is to see it.
    await link.untilTold(
      ({ clock: { chosenRate, paused } }) =>
        chosenRate === (clock.rate ?? chosenRate) && paused === (clock.paused ?? paused),
    );
  }

  async step(id: ClusterId, milliseconds: number): Promise<void> {
    const { link, name } = this.#simulated(id, 'Step');
    const goal = link.clock.now() + milliseconds;
    await answered(`Step ${name}`, link.client().clock.step({ milliseconds }));
    await link.untilTold(({ clock }) => clock.at >= goal);
  }

  async jump(id: ClusterId): Promise<ClockJump> {
    const { link, name } = this.#simulated(id, 'Jump');
    const jump = await answered(`Jump to the next event in ${name}`, link.client().clock.jump());
    await link.untilTold(({ clock }) => clock.at >= jump.at);
    return jump;
  }

  async fault(id: ClusterId, fault: WorldFault): Promise<void> {
    const { link, name } = this.#simulated(id, 'Break something');
    await answered(`Break or mend something in ${name}`, link.client().fault(fault));
  }

  async revive(id: ClusterId): Promise<void> {
    await this.#simulated(id, 'Start a world again').link.revive();
  }

  async #addWith(link: WorldLink, name: string): Promise<PhysicalCluster> {
    const { record } = link;
    // One that has ended is started again where it is kept; a new one only where it is ours.
    await link.reach(record.made || hasKeptWorld(record.folder));
    const hello = link.hello();
    if (hello === undefined) throw new Error('a world that was reached has said nothing of itself');
    const { scenario, title, seed } = hello;
    const cluster = this.#registry.addCluster(
      { name, world: { ...record, scenario, title, seed } },
      hello.hosts.map((host) => ({ ...host, address: simulatedAddress(record.key, host.name) })),
    );
    if (record.made) this.#places.finished(record.folder);
    this.#follow(cluster);
    await this.#settled(cluster.id);
    return asTold(cluster, link);
  }

  /** Whoever asks next is to find its hosts there. */
  async #settled(id: ClusterId): Promise<void> {
    const hosts = this.#registry.definitions().filter(({ clusterId }) => clusterId === id);
    const settled = hosts.map(async ({ id: host }) => {
      await this.#registry.driver(host)?.connected({ deadlineMs: settleMs });
    });
    await Promise.allSettled(settled);
  }

  #follow(cluster: ClusterDefinition): void {
    const link = cluster.world === undefined ? undefined : this.#worlds.get(cluster.world.key);
    if (link === undefined) return;
    const tell = () => this.#tell(asTold(cluster, link));
    this.#ends.set(cluster.id, link.onTold(tell));
    tell();
  }

  #fresh(tried: string, { scenario, file, text, seed = defaultSeed }: AddSimulatedRequest) {
    const own = text ?? (file === undefined ? undefined : textOf(tried, file));
    if (own !== undefined) {
      const read = readScenario(own);
      if ('problems' in read) throw scenarioUnusable(file ?? scenario, read.problems);
      return { folder: undefined, scenario: read.file.name, title: read.file.title, seed };
    }
    const found = builtInScenarios.find((each) => each.name === scenario);
    if (found !== undefined) return { folder: undefined, scenario, title: found.title, seed };
    const names = builtInScenarios.map((each) => `${each.name} (${each.title})`).join(', ');
    throw new DroverError({
      code: 'scenario-unknown',
      tried,
      cause: `there is no scenario called ${scenario}`,
      next: `Choose one of: ${names}`,
    });
  }

  #joined(tried: string, given: string) {
    const folder = resolve(given);
    const found = readWorldInfo(folder) ?? readKeptWorld(folder);
    if (found !== undefined) return { ...found, folder };
    throw new DroverError({
      code: 'world-unusable',
      tried,
      cause: `no simulated world runs in ${folder}, and none has been kept there`,
      next: 'Give the folder of one: worlds/NAME in the data folder of the console that made it',
    });
  }

  #refuseKnown(tried: string, name: string, folder: string | undefined): void {
    const clusters = this.#registry.clusters();
    const same = clusters.find((each) => folder !== undefined && each.world?.folder === folder);
    if (same !== undefined) {
      throw new DroverError({
        code: 'already-exists',
        tried,
        cause: `that world is here already, as ${same.name}`,
        next: `Use ${same.name}`,
      });
    }
    if (!this.#adding.has(name) && !clusters.some((each) => each.name === name)) return;
    throw new DroverError({
      code: 'already-exists',
      tried,
      cause: `there is a cluster called ${name} already`,
      next: 'Use that one, or give this one a name of its own (--name); two worlds of one scenario are fine',
    });
  }

  #definition(id: ClusterId, tried: string): ClusterDefinition {
    const found = this.#registry.clusters().find((cluster) => cluster.id === id);
    if (found !== undefined) return found;
    throw new DroverError({
      code: 'not-found',
      tried,
      cause: `no cluster has the id ${id}; it may have been removed meanwhile`,
      next: 'Look at the list of clusters',
    });
  }

  #simulated(id: ClusterId, tried: string): { readonly link: WorldLink; readonly name: string } {
    const { name, world } = this.#definition(id, tried);
    const link = world === undefined ? undefined : this.#worlds.get(world.key);
    if (link !== undefined) return { link, name };
    throw new DroverError({
      code: 'refused-by-rule',
      tried: `${tried} in ${name}`,
      cause: `${name} is a cluster of real hosts, and only a simulated one has such a thing`,
      next: 'Add a simulated cluster: "drover cluster add sim:two-servers"',
    });
  }
}

function asTold({ id, name }: ClusterDefinition, link: WorldLink): PhysicalCluster {
  return { id, name, simulated: true, simulation: link.simulation() };
}

function textOf(tried: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new DroverError({
      code: 'not-found',
      tried,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      next: 'Check the path; "drover scenario new FILE" writes a scenario to begin with',
      source: thrown,
    });
  }
}

async function answered<T>(tried: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    throw asDroverError(thrown, tried);
  }
}

function freeKey(name: string, isKnown: (key: string) => boolean): string {
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? `${name} (joined)` : `${name} (joined ${number})`;
    if (!isKnown(key)) return key;
  }
}
