import Button from '@mui/material/Button';
import type { Host } from '#shared/model/host.ts';
import type { WorldFault } from '#shared/model/simulation.ts';
import { useClient } from '../../transport/hooks.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { giveFault } from './faults.ts';
import { linkRate, type Simulated } from './simulatedHosts.ts';

/** What is broken in a simulated host, each with the verb that mends it. */
export function HostBreakage({ host, simulated }: { readonly host: Host; readonly simulated: Simulated }) {
  const client = useClient();
  const known = simulated.host;
  if (known === undefined) return null;
  const { name } = simulated;
  const { link } = known;
  const mend = (fault: WorldFault, words: string) => (
    <div>
      <Button variant="outlined" onClick={() => giveFault(client, simulated, fault)}>
        {words}
      </Button>
    </div>
  );
  return (
    <>
      {known.power === 'off' && (
        <WarningNotice>
          <p>The power of {host.name} is cut in the simulation. Its VMs stopped with it.</p>
          {mend({ kind: 'power-on', host: name }, `Switch ${host.name} on`)}
        </WarningNotice>
      )}
      {known.power === 'starting' && (
        <WarningNotice>
          <p>{host.name} is switching on. Drover connects by itself when its libvirt answers.</p>
        </WarningNotice>
      )}
      {(link.cut || link.slowed) && (
        <WarningNotice>
          <p>
            {link.cut
              ? `The link of ${host.name} is cut in the simulation. Its VMs run on, unseen.`
              : `The link of ${host.name} is slowed to ${linkRate(link.rateBitsPerSecond)} each way in the simulation.`}
          </p>
          {mend({ kind: 'mend-link', host: name }, `Mend the link of ${host.name}`)}
        </WarningNotice>
      )}
      {known.distanceMs > 0 && (
        <WarningNotice>
          <p>
            {host.name} is {known.distanceMs} ms away in the simulation: every question takes{' '}
            {known.distanceMs * 2} ms longer.
          </p>
          {mend({ kind: 'distance', host: name, oneWayMs: 0 }, `Bring ${host.name} near again`)}
        </WarningNotice>
      )}
    </>
  );
}
