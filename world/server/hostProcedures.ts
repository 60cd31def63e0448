import { capacityOf, hostCountersOf, inspectionOf, resolves } from '../hosts/telling.ts';
import { api, asContractError } from './api.ts';

export const session = {
  open: api.session.open.handler(async ({ input, context, signal }) => {
    const { sessions } = context.simulation;
    const session = await sessions.open(input.host, context.console.id);
    // Whoever asked is gone meanwhile.
    if (signal?.aborted === true || context.console.isGone) sessions.close(session);
    return { session };
  }),
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
  capacity: api.host.capacity.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => capacityOf(simulation.world, host)),
  ),
  counters: api.host.counters.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => hostCountersOf(simulation.world, host, input.depth)),
  ),
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
