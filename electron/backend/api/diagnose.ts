import { randomBytes } from 'node:crypto';
import { DroverError } from '#shared/contract/errors.ts';
import { byName } from '#shared/model/byName.ts';
import type { Host } from '#shared/model/host.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { gatherDoctorFacts, type Patient } from '../doctor/gather.ts';
import { api } from './implementer.ts';
import type { Services } from './services.ts';

/** The doctor: a host, and the ways between it and each other host of its cluster. */
export function diagnoseHandler({ inventory, registry, clock, unfinished }: Services) {
  return api.hosts.diagnose.handler(async ({ input }) => {
    const { hosts, vms } = inventory.view();
    const host = hosts.find((each) => each.id === input.hostId);
    const asPatient = (one: Host): Patient | undefined => {
      const driver = registry.driver(one.id);
      return driver && { host: one, vms: vms.filter((vm) => vm.hostId === one.id), driver };
    };
    const patient = host && asPatient(host);
    if (patient === undefined) {
      throw new DroverError({
        code: 'not-found',
        tried: 'Look a host over',
        cause: `no host has the id ${input.hostId}; it may have been removed meanwhile`,
        next: 'Look at the list of hosts',
      });
    }
    const others = hosts.filter(
      (each) => each.clusterId === patient.host.clusterId && each.id !== patient.host.id,
    );
    const peers = byName(others).flatMap((each) => asPatient(each) ?? []);
    const token = `doctor-${randomBytes(8).toString('hex')}`;
    return diagnose(await gatherDoctorFacts({ patient, peers, clock, token, unfinished }));
  });
}
