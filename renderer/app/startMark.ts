import { useEffect } from 'react';

/**
 * Set once in the page's timeline, for whoever measures a start (`npm run performance`): the page shows what is known
 * of the hosts; every host has answered.
 */
export const startMarks = {
  inventoryShown: 'drover-inventory-shown',
  hostsAnswered: 'drover-hosts-answered',
} as const;

export function useStartMark(mark: keyof typeof startMarks, reached: boolean): void {
  useEffect(() => {
    const name = startMarks[mark];
    if (reached && performance.getEntriesByName(name).length === 0) performance.mark(name);
  }, [mark, reached]);
}
