import { describe, expect, it } from 'vitest';
import { builtInScenarios } from '#shared/model/simulation.ts';
import { builtInScenario, scenarioNames } from './builtIn.ts';
import { scenarioSchema } from './scenario.ts';

describe('the scenarios that are built in', () => {
  it('are those that a person chooses from, told in the same words', () => {
    expect(scenarioNames).toEqual(builtInScenarios.map(({ name }) => name));
    for (const summary of builtInScenarios) {
      const { title, story, hosts, vms } = builtInScenario(summary.name);
      expect({ name: summary.name, title, story, hosts: hosts.length, vms: vms.length }).toEqual(summary);
    }
  });

  it.each(scenarioNames)('%s keeps the rules for scenarios, and its names lead somewhere', (name) => {
    const scenario = scenarioSchema.parse(builtInScenario(name));
    const hosts = new Map(scenario.hosts.map((host) => [host.name, host]));
    for (const vm of scenario.vms) {
      const host = hosts.get(vm.host);
      expect(host?.networks.map((network) => network.name)).toContain(vm.network);
      expect(host?.machineTypes).toContain(vm.machine);
      for (const { path } of vm.disks) expect(scenario.images.map((image) => image.path)).toContain(path);
    }
    for (const { backing } of scenario.images) {
      if (backing !== undefined) expect(scenario.images.map((image) => image.path)).toContain(backing);
    }
    for (const pool of scenario.pools) {
      for (const host of pool.hosts) expect([...hosts.keys()]).toContain(host);
    }
  });

  it('are listed where somebody asks for another', () => {
    expect(() => builtInScenario('three-servers')).toThrow(/Choose one of: two-servers/);
  });
});
