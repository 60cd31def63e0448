import { useMemo } from 'react';
import type { DroverClient } from '#shared/contract/client.ts';
import type { Vm } from '#shared/model/vm.ts';
import { type VmAction, type VmVerb, vmActionSchema } from '#shared/model/vmAction.ts';
import { refused } from '#shared/rules/verdict.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { formatMiB } from '../../ui/format.ts';
import type { BulkVerb } from '../bulk/bulkVerb.ts';
import { freshKey } from '../freshKey.ts';
import { bulkMigrate } from './vmBulkMigrate.tsx';
import { verdictsOfMany } from './vmVerdictsOfMany.ts';

type Known = Parameters<typeof verdictsOfMany>[2];

/** Guests that boot or are written to disk all at once starve each other; those that are only asked do not. */
const heavy = { atOnce: 8, perLane: 2 } as const;
const light = { atOnce: 16, perLane: 8 } as const;

const lost =
  'They are cut off at once, as if their plugs were pulled. Their guests are not asked: whatever they have not yet written to their disks is lost.';

/** What can be done with many VMs: one task each. */
export function useVmBulkVerbs(): readonly BulkVerb<Vm>[] {
  const client = useClient();
  const hosts = useLive((model) => model.hosts);
  const vms = useLive((model) => model.vms);
  return useMemo(() => bulkVerbs(client, { hosts, vms }), [client, hosts, vms]);
}

function bulkVerbs(client: DroverClient, known: Known): readonly BulkVerb<Vm>[] {
  const verb = (
    id: VmVerb,
    words: string,
    rest: Partial<BulkVerb<Vm>> & Pick<BulkVerb<Vm>, 'pace'>,
  ): BulkVerb<Vm> => ({
    id,
    words,
    judge: (chosen) => verdictsOfMany(chosen, id, known),
    workOf: (vm, how) => workOf(client, vm, how ?? vmActionSchema.parse({ verb: id })),
    ...rest,
  });
  return [
    verb('start', 'Start', { prominent: true, pace: heavy }),
    verb('pause', 'Pause', { prominent: true, pace: light }),
    verb('resume', 'Resume', { prominent: true, pace: light }),
    verb('suspend', 'Suspend', {
      pace: heavy,
      said: (vms) => <p>{memoryOf(vms)} of memory are written to the disks of their hosts.</p>,
    }),
    verb('restore', 'Restore', { pace: heavy }),
    verb('shut-down', 'Shut down', {
      prominent: true,
      pace: light,
      asks: 'shut-down',
      said: () => (
        <p>
          Each guest is asked by its power button, and ends its programs as it does at any shut-down. A guest
          may take its time, or ignore it.
        </p>
      ),
    }),
    bulkMigrate(client, known),
    verb('reboot', 'Reboot', { pace: heavy }),
    verb('force-off', 'Force off', { pace: light, destructive: true, said: () => <p>{lost}</p> }),
    verb('reset', 'Reset', {
      pace: heavy,
      destructive: true,
      said: () => (
        <p>
          They start anew at once, as if their reset buttons were pressed. Their guests are not asked:
          whatever they have not yet written to their disks is lost.
        </p>
      ),
    }),
    verb('discard', 'Discard the saved memory of', {
      pace: light,
      destructive: true,
      said: (vms) => (
        <p>
          {memoryOf(vms)} of saved memory are deleted, as if their plugs had been pulled when they were
          suspended. They are inactive then.
        </p>
      ),
    }),
    ...([true, false] as const).map((on) => autostart(client, known, on)),
    verb('undefine', 'Undefine', {
      pace: light,
      destructive: true,
      said: () => (
        <p>
          Their hosts forget them: their configurations, the settings of their firmware and what is saved of
          their memory are deleted. Their disks stay where they are.
        </p>
      ),
    }),
  ];
}

function autostart(client: DroverClient, known: Known, on: boolean): BulkVerb<Vm> {
  return {
    id: on ? 'autostart-on' : 'autostart-off',
    words: on ? 'Start with its host:' : 'Do not start with its host:',
    pace: light,
    judge: (vms) =>
      verdictsOfMany(vms, 'autostart', known).map((verdict, index) =>
        verdict.allowed && vms[index]?.autostart === on
          ? refused(`${vms[index].name} does${on ? '' : ' not'} already.`)
          : verdict,
      ),
    workOf: (vm) => workOf(client, vm, { verb: 'autostart', on }),
  };
}

function workOf(client: DroverClient, vm: Vm, action: VmAction) {
  const idempotencyKey = freshKey();
  return {
    key: vm.id,
    name: vm.name,
    lane: vm.hostId,
    give: () => client.vms.act({ vmId: vm.id, action, idempotencyKey }),
  };
}

const memoryOf = (vms: readonly Vm[]): string =>
  formatMiB(vms.reduce((sum, vm) => sum + vm.memoryMiB, 0)).text;
