import { api, asContractError } from './api.ts';

export const consoles = {
  open: api.consoles.open.handler(async ({ input, context: { simulation } }) => ({
    console: await simulation.consoles.open(input.session, input),
  })),
  output: api.consoles.output.handler(async function* ({ input, context: { simulation }, signal }) {
    const { session, console: id } = input;
    try {
      for await (const bytes of simulation.consoles.output(session, id, signal))
        yield bytes.toString('base64');
    } catch (thrown) {
      // Whoever answers a call has long returned when a console breaks.
      throw asContractError(thrown, 'consoles.output');
    } finally {
      // Nobody reads it any more.
      simulation.consoles.close(session, id);
    }
  }),
  input: api.consoles.input.handler(async ({ input, context: { simulation } }) => {
    await simulation.consoles.input(input.session, input.console, Buffer.from(input.bytes, 'base64'));
    return {};
  }),
  close: api.consoles.close.handler(({ input, context: { simulation } }) => {
    simulation.consoles.close(input.session, input.console);
    return {};
  }),
};
