import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import {
  createImage,
  fingerprintOf,
  freeBytesBeside,
  hasMarker,
  inspectFile,
  keepImage,
  removeImage,
  removeMarker,
  stampOf,
  writeMarker,
} from '../storage/files.ts';
import { api, type Surroundings } from './api.ts';

interface OfFile {
  readonly session: string;
  readonly path: string;
  readonly token: string;
}

const changing =
  (carryOut: (world: World, host: HostState, path: string, token: string) => void) =>
  async ({ input, context }: { readonly input: OfFile; readonly context: Surroundings }) => {
    const { sessions, world } = context.simulation;
    await sessions.ask(input.session, (host) => carryOut(world, host, input.path, input.token));
    return {};
  };

export const storage = {
  writeMarker: api.storage.writeMarker.handler(changing(writeMarker)),
  hasMarker: api.storage.hasMarker.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) =>
      hasMarker(simulation.world, host, input.path, input.token),
    ),
  ),
  removeMarker: api.storage.removeMarker.handler(changing(removeMarker)),
  inspect: api.storage.inspect.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => inspectFile(simulation.world, host, input.path) ?? null),
  ),
  freeBytes: api.storage.freeBytes.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(
      input.session,
      (host) => freeBytesBeside(simulation.world, host, input.path) ?? null,
    ),
  ),
  createImage: api.storage.createImage.handler(async ({ input, context: { simulation } }) => {
    const { sessions, world } = simulation;
    await sessions.ask(input.session, (host) => createImage(world, host, input.image, input.token));
    return {};
  }),
  keepImage: api.storage.keepImage.handler(changing(keepImage)),
  removeImage: api.storage.removeImage.handler(changing(removeImage)),
  fingerprint: api.storage.fingerprint.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(
      input.session,
      (host) => fingerprintOf(simulation.world, host, input.path) ?? null,
    ),
  ),
  stamps: api.storage.stamps.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) =>
      input.paths.map((path) => stampOf(simulation.world, host, path)),
    ),
  ),
};
