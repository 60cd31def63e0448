import { threeDigits } from '#shared/model/quantityWords.ts';
import type { ClockReading } from '#shared/model/simulation.ts';

export const rateWord = (rate: number): string => `x${threeDigits(rate)}`;

/** How a simulated clock runs: a few words to stand under it, and a whole sentence for whoever asks. */
export function clockWords(
  clock: ClockReading,
  runs: boolean,
): { readonly short: string; readonly whole: string } {
  const { rate, chosenRate, paused } = clock;
  if (!runs)
    return { short: 'last known', whole: 'The simulation does not answer; its clock was last read here.' };
  if (paused)
    return { short: 'paused', whole: 'The simulated clock is paused: nothing happens in this cluster.' };
  if (rate < chosenRate) {
    return {
      short: `${rateWord(rate)} while a VM moves`,
      whole: `It runs at ${rateWord(rate)} instead of ${rateWord(chosenRate)} because a migration waits for Drover: at full speed the moments that Drover itself takes would count as downtime of the VM. It goes back to ${rateWord(chosenRate)} by itself.`,
    };
  }
  return {
    short: 'simulated time',
    whole: `The clock of this simulated cluster, at ${rateWord(rate)}. Its charts and times go by it.`,
  };
}
