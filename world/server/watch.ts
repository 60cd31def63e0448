import type { WorldStatus } from '#shared/model/simulation.ts';
import { nextOfTimeline } from '../clock/nextEvent.ts';
import { simulatedHosts } from '../faults/status.ts';
import { api, type Surroundings } from './api.ts';

const everyMs = 1000;

/** At once, after every change, and each second. A console that reads slowly misses readings, never the last one. */
export const watch = api.watch.handler(async function* ({ context, signal }) {
  const { world } = context.simulation;
  let wake: () => void = () => undefined;
  let isNew = true;
  const look = () => {
    isNew = true;
    wake();
  };
  const end = world.subscribe(look);
  const timer = setInterval(look, everyMs);
  signal?.addEventListener('abort', look);
  try {
    while (signal?.aborted !== true) {
      if (isNew) {
        isNew = false;
        yield statusOf(context);
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal?.removeEventListener('abort', look);
    clearInterval(timer);
    end();
  }
});

function statusOf({ simulation, consoles }: Surroundings): WorldStatus {
  const clock = simulation.clock.reading();
  const nextEvent = nextOfTimeline(simulation.world);
  return {
    clock,
    consoles: consoles(),
    hosts: simulatedHosts(simulation.world),
    ...(nextEvent === undefined ? {} : { nextEvent }),
  };
}
