import { inspectionOf, resolves } from '../hosts/telling.ts';
import { api, asContractError } from './api.ts';

export const session = {
  close: api.session.close.handler(({ input, context }) => {
    context.simulation.sessions.close(input.session);
    return {};
  }),
  events: api.session.events.handler(async function* ({ input, context, signal }) {
    try {
      yield* context.simulation.sessions.events(input.session, signal);
    } catch (thrown) {
      // Whoever answers a call has long returned when a stream breaks.
      throw asContractError(thrown, 'session.events');
    }
  }),
  ping: api.session.ping.handler(({ input, context }) =>
    context.simulation.sessions.ask(input.session, () => ({})),
  ),
};

export const host = {
  addresses: api.host.addresses.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => [simulation.world.facts(host).address]),
  ),
  inspect: api.host.inspect.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => inspectionOf(simulation.world, host)),
  ),
  resolves: api.host.resolves.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, () => resolves(simulation.world, input.name)),
  ),
};
