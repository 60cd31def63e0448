import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInScenarios } from '#shared/model/simulation.ts';
import { scenarioJsonSchema } from '#shared/scenario/scenarioFile.ts';
import { builtInScenario, scenarioNames, starterText } from './builtIn.ts';
import { tryScenario } from './openScenario.ts';
import { scenarioSchema } from './scenario.ts';

const resources = join(import.meta.dirname, '..', '..', 'resources', 'scenarios');

describe('the scenarios that are built in', () => {
  it('are those that a person chooses from, told in the same words', () => {
    for (const summary of builtInScenarios) {
      const { name, title, story, hosts, vms } = builtInScenario(summary.name);
      expect({ name, title, story, hosts: hosts.length, vms: vms.length }).toEqual(summary);
    }
  });

  it.each(scenarioNames)('%s keeps the rules for scenarios, and its names lead somewhere', (name) => {
    const scenario = scenarioSchema.parse(builtInScenario(name));
    const hosts = new Map(scenario.hosts.map((host) => [host.name, host]));
    const paths = new Set(scenario.images.map(({ path }) => path));
    const strays = scenario.vms.filter((vm) => {
      const host = hosts.get(vm.host);
      const hasNetwork = host?.networks.some(({ name: each }) => each === vm.network) ?? false;
      const hasMachine = host?.machineTypes.includes(vm.machine) ?? false;
      return !hasNetwork || !hasMachine || vm.disks.some(({ path }) => !paths.has(path));
    });
    expect(strays.map((vm) => vm.name)).toEqual([]);
    const baseless = scenario.images.filter(({ backing }) => backing !== undefined && !paths.has(backing));
    expect(baseless.map(({ path }) => path)).toEqual([]);
    for (const pool of scenario.pools) {
      expect(pool.hosts.filter((host) => !hosts.has(host))).toEqual([]);
    }
  });

  it.each(builtInScenarios)(
    '$name has a story of two sentences, and finds room with any seed',
    ({ name, story }) => {
      expect(story.match(/[.!?](?= |$)/g)).toHaveLength(2);
      for (const seed of [2, 3, 4_294_967_295]) expect(() => builtInScenario(name, seed)).not.toThrow();
    },
  );

  it('are listed where somebody asks for another', () => {
    expect(() => builtInScenario('three-servers')).toThrow(/Choose one of: two-servers/);
  });

  it('come with a file to begin one from, and a schema for editors that is the present one', () => {
    expect(tryScenario(starterText(), 1)).not.toHaveProperty('problems');
    const kept: unknown = JSON.parse(readFileSync(join(resources, 'scenario.schema.json'), 'utf8'));
    // "drover scenario schema" writes it.
    expect(kept).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });
});
