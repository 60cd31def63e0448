import {
  defineDomain,
  discardSaved,
  renameDomain,
  setAutostart,
  undefineDomain,
} from '../domains/definitions.ts';
import { describe, describeNext, stateOf } from '../domains/describe.ts';
import { domainInterfaces } from '../domains/interfaces.ts';
import {
  destroyDomain,
  pauseDomain,
  requestReboot,
  requestShutdown,
  resetDomain,
  resumeDomain,
} from '../domains/power.ts';
import { saveDomain } from '../domains/saving.ts';
import { startDomain } from '../domains/starting.ts';
import type { Answer } from '../sessions/sessions.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { api, type Surroundings } from './api.ts';

interface OfDomain {
  readonly session: string;
  readonly uuid: string;
}

/** What is answered once it has come about. */
const slowly =
  (carryOut: (world: World, host: HostState, uuid: string, answer: Answer<object>) => void) =>
  async ({ input, context }: { readonly input: OfDomain; readonly context: Surroundings }) => {
    const { sessions, world } = context.simulation;
    await sessions.request<object>(input.session, (host, answer) =>
      carryOut(world, host, input.uuid, answer),
    );
    return {};
  };

/** What is answered at once. */
const quickly =
  (carryOut: (world: World, host: HostState, uuid: string) => object) =>
  async ({ input, context }: { readonly input: OfDomain; readonly context: Surroundings }) => {
    const { sessions, world } = context.simulation;
    await sessions.ask(input.session, (host) => carryOut(world, host, input.uuid));
    return {};
  };

export const domains = {
  describe: api.domains.describe.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => {
      const domain = host.domains[input.uuid];
      return domain === undefined ? null : describe(domain);
    }),
  ),
  describeNext: api.domains.describeNext.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => {
      const domain = host.domains[input.uuid];
      return domain === undefined ? null : describeNext(domain);
    }),
  ),
  interfaces: api.domains.interfaces.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => domainInterfaces(simulation.world, host, input.uuid)),
  ),
  state: api.domains.state.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => {
      const domain = host.domains[input.uuid];
      return domain === undefined ? null : stateOf(domain);
    }),
  ),
  start: api.domains.start.handler(slowly(startDomain)),
  pause: api.domains.pause.handler(quickly(pauseDomain)),
  resume: api.domains.resume.handler(slowly(resumeDomain)),
  save: api.domains.save.handler(slowly(saveDomain)),
  discardSaved: api.domains.discardSaved.handler(quickly(discardSaved)),
  requestShutdown: api.domains.requestShutdown.handler(slowly(requestShutdown)),
  requestReboot: api.domains.requestReboot.handler(slowly(requestReboot)),
  reset: api.domains.reset.handler(slowly(resetDomain)),
  destroy: api.domains.destroy.handler(quickly(destroyDomain)),
  define: api.domains.define.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => defineDomain(simulation.world, host, input.domain)),
  ),
  undefine: api.domains.undefine.handler(slowly(undefineDomain)),
  rename: api.domains.rename.handler(async ({ input, context: { simulation } }) => {
    const { sessions, world } = simulation;
    await sessions.ask(input.session, (host) => renameDomain(world, host, input.uuid, input.name));
    return {};
  }),
  setAutostart: api.domains.setAutostart.handler(async ({ input, context: { simulation } }) => {
    const { sessions, world } = simulation;
    await sessions.ask(input.session, (host) => setAutostart(world, host, input.uuid, input.autostart));
    return {};
  }),
};
