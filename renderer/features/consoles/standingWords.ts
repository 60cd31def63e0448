import type { ErrorData } from '#shared/contract/errors.ts';
import type { ConsoleStanding } from '#shared/model/console.ts';
import type { Shape } from '../../ui/StateChip.tsx';

/** One line on how a console stands, and what to do where something can be done. */
export interface StandingWords {
  readonly shape: Shape;
  readonly words: string;
  readonly error?: ErrorData;
  readonly offer?: 'start' | 'take-over';
}

export function standingWords(standing: ConsoleStanding, vmName: string): StandingWords {
  switch (standing.state) {
    case 'connecting':
      return { shape: 'moving', words: `Connecting to ${vmName} on ${standing.hostName}` };
    case 'connected':
      if (standing.movingTo !== undefined) {
        return {
          shape: 'moving',
          words: `${vmName} is moving from ${standing.hostName} to ${standing.movingTo}; this console goes with it`,
        };
      }
      return {
        shape: 'active',
        words:
          standing.movedFrom === undefined
            ? `Connected, on ${standing.hostName}`
            : `Now on ${standing.hostName}, moved from ${standing.movedFrom}`,
      };
    case 'off':
      return {
        shape: standing.vmState === 'suspended' ? 'suspended' : 'inactive',
        words:
          standing.vmState === 'suspended'
            ? `${vmName} is suspended. This console opens when it is restored.`
            : `${vmName} is off. This console opens as soon as it runs.`,
        offer: 'start',
      };
    case 'lost':
      return { shape: 'failed', words: 'Connection lost; it is being opened again', error: standing.error };
    case 'busy':
      return {
        shape: 'paused',
        words: 'Somebody else has this console',
        error: standing.error,
        offer: 'take-over',
      };
    case 'missing':
      return { shape: 'unknown', words: 'No such console', error: standing.error };
    default:
      return standing satisfies never;
  }
}
