import { capacityOf, hostCountersOf, inspectionOf, resolves } from '../hosts/telling.ts';
import { describe, domainCounters, stateOf } from '../domains/describe.ts';
import { api } from './api.ts';
import { hello } from './hello.ts';
import { watch } from './watch.ts';

export function createRouter() {
  return {
    hello,
    watch,
    clock: {
      set: api.clock.set.handler(({ input, context }) => {
        context.simulation.clock.set(input);
        return {};
      }),
      step: api.clock.step.handler(async ({ input, context }) => {
        await context.simulation.clock.step(input.milliseconds);
        return {};
      }),
    },
    end: api.end.handler(({ input, context }) => {
      context.end(input.forget);
      return {};
    }),
    session: {
      open: api.session.open.handler(async ({ input, context, signal }) => {
        const { sessions } = context.simulation;
        const session = await sessions.open(input.host, context.console.id);
        // Whoever asked is gone meanwhile.
        if (signal?.aborted === true) sessions.close(session);
        return { session };
      }),
      close: api.session.close.handler(({ input, context }) => {
        context.simulation.sessions.close(input.session);
        return {};
      }),
      events: api.session.events.handler(async function* ({ input, context, signal }) {
        yield* context.simulation.sessions.events(input.session, signal);
      }),
      ping: api.session.ping.handler(({ input, context }) =>
        context.simulation.sessions.ask(input.session, () => ({})),
      ),
    },
    host: {
      capacity: api.host.capacity.handler(({ input, context: { simulation } }) =>
        simulation.sessions.ask(input.session, (host) => capacityOf(simulation.world, host)),
      ),
      counters: api.host.counters.handler(({ input, context: { simulation } }) =>
        simulation.sessions.ask(input.session, (host) => hostCountersOf(simulation.world, host)),
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
    },
    domains: {
      list: api.domains.list.handler(({ input, context: { simulation } }) =>
        simulation.sessions.ask(input.session, (host) => Object.values(host.domains).map(describe)),
      ),
      describe: api.domains.describe.handler(({ input, context: { simulation } }) =>
        simulation.sessions.ask(input.session, (host) => {
          const domain = host.domains[input.uuid];
          return domain === undefined ? null : describe(domain);
        }),
      ),
      state: api.domains.state.handler(({ input, context: { simulation } }) =>
        simulation.sessions.ask(input.session, (host) => {
          const domain = host.domains[input.uuid];
          return domain === undefined ? null : stateOf(domain);
        }),
      ),
      counters: api.domains.counters.handler(({ input, context: { simulation } }) =>
        simulation.sessions.ask(input.session, (host) => domainCounters(simulation.world, host, input.depth)),
      ),
    },
  };
}
