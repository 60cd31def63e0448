import { api, asContractError } from './implementer.ts';
import type { Services } from './services.ts';

export function consoleHandlers({ consoles }: Services) {
  return {
    open: api.consoles.open.handler(async function* ({ input, signal }) {
      try {
        yield* consoles.open(input, signal);
      } catch (thrown) {
        // Whoever answers a call has long returned when a stream breaks.
        throw asContractError(thrown, 'consoles.open');
      }
    }),
    send: api.consoles.send.handler(async ({ input }) => {
      await consoles.send(input.consoleId, input.connection, Buffer.from(input.bytes, 'base64'));
      return {};
    }),
    acknowledge: api.consoles.acknowledge.handler(({ input }) => {
      consoles.acknowledge(input.consoleId, input.bytes);
      return {};
    }),
  };
}
