import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInScenarios } from '#shared/model/simulation.ts';
import { scenarioJsonSchema } from '#shared/scenario/scenarioFile.ts';
import { builtInScenario, builtInText, scenarioNames, starterText } from './builtIn.ts';
import { openScenario, tryScenario } from './openScenario.ts';
import { scenarioSchema } from './scenario.ts';

const resources = join(import.meta.dirname, '..', '..', 'resources', 'scenarios');

describe('the scenarios that are built in', () => {
  it('are those that a person chooses from, told in the same words', () => {
    for (const summary of builtInScenarios) {
      const { name, title, story, hosts, vms } = builtInScenario(summary.name);
      expect({ name, title, story, hosts: hosts.length, vms: vms.length }).toEqual(summary);
      // What is there, and what is worth watching.
      expect(story.match(/[.!?](\s|$)/g)).toHaveLength(2);
    }
  });

  it.each(scenarioNames)(
    '%s is what a scenario is, with whatever seed, and not by its defaults alone',
    (name) => {
      for (const seed of [1, 2, 4_294_967_295]) {
        scenarioSchema.parse(openScenario(builtInText(name), seed).scenario);
      }
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
