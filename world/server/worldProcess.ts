import { RPCHandler } from '@orpc/server/ws';
import { DroverError } from '#shared/contract/errors.ts';
import { worldProtocol } from '#shared/contract/worldContract.ts';
import { listenLocally } from '../../machine/localSocket.ts';
import { version } from '../../package.json';
import { realTime } from '../clock/worldClock.ts';
import { openScenario, type ScenarioText } from '../scenario/openScenario.ts';
import { type Simulation, startSimulation } from '../simulation.ts';
import { firstState } from '../state/firstState.ts';
import { readState, seedOf } from '../state/readState.ts';
import type { About, Console } from './api.ts';
import { WorldFolder } from './folder.ts';
import { createRouter } from './router.ts';
import { StateKeeper } from './stateKeeper.ts';

export interface WorldProcessOptions {
  readonly folder: string;
  /** Looked for where the folder keeps none: what a world was made of stays with it. */
  readonly scenario: () => ScenarioText;
  readonly seed: number;
  /** As it was, unless given; of a new world 1. */
  readonly rate?: number;
  /** Without any console for so long it ends; what it was is kept. */
  readonly lingerMs: number;
  /** What the clocks of a new world show, milliseconds since 1970. */
  readonly startAt: number;
}

export interface WorldProcess {
  readonly simulation: Simulation;
  /** Resolves once everything is closed and kept. */
  readonly ended: Promise<void>;
  end(forget: boolean): void;
}

/** @throws DroverError `data-folder-busy`, `data-folder-unusable`, `world-unusable`, `scenario-unusable` */
export async function startWorld(options: WorldProcessOptions): Promise<WorldProcess> {
  const folder = new WorldFolder(options.folder);
  let isReleased = false;
  const release = (forget: boolean) => {
    if (!isReleased) folder.release(forget);
    isReleased = true;
  };
  try {
    const kept = folder.readState();
    const seed = kept === undefined ? options.seed : seedOf(kept, folder.path);
    const keptText = folder.readScenario();
    const text = keptText ?? options.scenario();
    const { scenario, traces } = openScenario(text, seed);
    const state =
      kept === undefined
        ? firstState(scenario, seed, scenario.startsAt ?? options.startAt)
        : readState(kept, scenario, folder.path);
    folder.keepScenario(text, traces);
    if (options.rate !== undefined) state.clock.rate = options.rate;
    const simulation = startSimulation({ state, scenario, real: realTime });
    const keeper = new StateKeeper(simulation.world, folder);
    const about: About = {
      protocol: worldProtocol,
      version,
      pid: process.pid,
      scenario: scenario.name,
      title: scenario.title,
      story: scenario.story,
      seed: state.seed,
    };
    const handler = new RPCHandler(createRouter());
    const consoles = new Set<Console>();
    let lastConsole = 0;
    let linger: NodeJS.Timeout | undefined;
    let tellEnded: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      tellEnded = resolve;
    });
    let isEnding = false;
    const end = (forget: boolean) => {
      if (isEnding) return;
      isEnding = true;
      clearTimeout(linger);
      // Whoever asked for it is to get an answer.
      setTimeout(() => {
        void (async () => {
          simulation.clock.stop();
          await listener.close();
          keeper.stop();
          release(forget);
          tellEnded();
        })();
      }, 50);
    };
    const waitForConsoles = () => {
      clearTimeout(linger);
      if (consoles.size === 0) linger = setTimeout(() => end(false), options.lingerMs);
    };
    const listener = await listenLocally(folder.socketPath, (socket) => {
      lastConsole += 1;
      const console: Console = {
        id: `console-${lastConsole}`,
        greeted: false,
        isGone: false,
        rosters: new Map(),
      };
      consoles.add(console);
      waitForConsoles();
      simulation.world.changed();
      socket.once('close', () => {
        console.isGone = true;
        consoles.delete(console);
        if (!isEnding) {
          simulation.clock.advance();
          simulation.sessions.consoleGone(console.id);
          simulation.world.changed();
          waitForConsoles();
        }
      });
      void handler.upgrade(socket, {
        context: { console, simulation, about, consoles: () => consoles.size, end },
      });
    });
    const { socketPath } = folder;
    folder.writeInfo({ ...about, socketPath, startedAt: Date.now() });
    waitForConsoles();
    return { simulation, ended, end };
  } catch (thrown) {
    release(false);
    throw thrown instanceof DroverError ? thrown : couldNotStart(folder.path, thrown);
  }
}

function couldNotStart(folder: string, thrown: unknown): DroverError {
  return new DroverError({
    code: 'data-folder-unusable',
    tried: `Start a simulated cluster in ${folder}`,
    cause: thrown instanceof Error ? thrown.message : String(thrown),
    next: 'Check the rights and the room of that folder',
    source: thrown,
  });
}
