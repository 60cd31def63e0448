import { openScenario } from '../../../world/scenario/openScenario.ts';
import type { Scenario } from '../../../world/scenario/scenario.ts';
import { fleet } from '../performance/fleet.ts';

/** Room for what is on its way, at both ends. */
const memoryTimes = 4;

/** A data centre of ten VMs a host, all running, each following a trace with all of its vCPUs. */
export function centre(hosts: number, traces: Scenario['traces']): Scenario {
  const names = Object.keys(traces);
  const made = openScenario(fleet({ hosts, vms: hosts * 10 }), 1).scenario;
  return {
    ...made,
    traces,
    hosts: made.hosts.map((host) => ({ ...host, memoryMiB: host.memoryMiB * memoryTimes })),
    vms: made.vms.map((vm, index) => {
      const { noise: _none, ...workload } = vm.workload;
      const trace = names[index % names.length] ?? '';
      return {
        ...vm,
        running: true,
        workload: { ...workload, cpu: { kind: 'trace', trace, cores: vm.vcpus } },
      };
    }),
  };
}
