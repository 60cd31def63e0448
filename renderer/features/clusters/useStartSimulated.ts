import { useLocation } from 'wouter';
import { useClient } from '../../transport/hooks.ts';
import { type Order, useOrder } from '../../ui/useAsk.ts';
import { useScope } from '../inventory.ts';

export interface SimulatedStart {
  readonly scenario: string;
  /** Of a person's own: what is in the file, or its path where the backend runs. */
  readonly text?: string;
  readonly file?: string;
  readonly name?: string;
  readonly seed?: number;
}

/** Starts a simulated cluster and shows its overview; false where it was refused. */
export function useStartSimulated(): Order<SimulatedStart, boolean> {
  const client = useClient();
  const [, navigate] = useLocation();
  return useOrder(async (start: SimulatedStart) => {
    const cluster = await client.clusters.addSimulated(start);
    useScope.setState({ cluster: cluster.id });
    navigate('/overview');
    return true;
  });
}
