import type { Host } from '#shared/model/host.ts';
import { canDeclareDead } from '#shared/rules/canDeclareDead.ts';
import { canReconnect } from '#shared/rules/canReconnect.ts';
import { canRemove } from '#shared/rules/canRemove.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import type { ObjectMenu } from '../../ui/ActionMenu.tsx';
import { hostFaults } from '../clusters/faults.ts';
import { simulatedOf } from '../clusters/simulatedHosts.ts';
import { openDialog } from '../dialogs.ts';
import { giveOrder } from '../orders.ts';

/** Everything that can be done with a host, for its row, its card and its pane. */
export function useHostMenu(): (host: Host) => ObjectMenu {
  const client = useClient();
  const clusters = useLive((model) => model.clusters);
  return (host) => {
    const simulated = simulatedOf(host, clusters);
    return {
      name: host.name,
      groups: [
        {
          key: 'host',
          actions: [
            {
              key: 'reconnect',
              words: 'Reconnect…',
              shortcut: 'R',
              verdict: canReconnect(host),
              run: () => openDialog({ kind: 'reconnect-host', hostId: host.id }),
            },
            ...(host.declaredDead
              ? [
                  {
                    key: 'not-dead',
                    words: `${host.name} is not dead`,
                    run: () =>
                      void giveOrder(() => client.hosts.declareDead({ hostId: host.id, dead: false })),
                  },
                ]
              : [
                  {
                    key: 'dead',
                    words: 'Declare dead…',
                    verdict: canDeclareDead(host),
                    destructive: true,
                    run: () => openDialog({ kind: 'declare-dead', hostId: host.id }),
                  },
                ]),
            {
              key: 'remove',
              words: 'Remove…',
              verdict: canRemove(host, clusters.get(host.clusterId)),
              destructive: true,
              run: () => openDialog({ kind: 'remove-host', hostId: host.id }),
            },
          ],
        },
        ...(simulated === undefined ? [] : hostFaults(host, simulated, client)),
      ],
    };
  };
}
