import { describe, expect, it } from 'vitest';
import { readScenario } from './readScenario.ts';
import { smallScenario } from './testing/smallScenario.ts';

function problemsOf(text: string): readonly string[] {
  const read = readScenario(text);
  return 'problems' in read
    ? read.problems.map(({ line, where, reason }) => `${line} ${where}: ${reason}`)
    : [];
}

/** With one part of it written otherwise. */
function changed(from: string, to: string): string {
  if (smallScenario.split(from).length !== 2) throw new Error(`${from} is not there once`);
  return smallScenario.replace(from, () => to);
}

describe("a scenario's file", () => {
  it('is read with what it leaves out', () => {
    const read = readScenario(smallScenario);
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    expect(read.file).toMatchObject({
      name: 'small',
      hostModels: { big: { mhz: 2900 }, tiny: { nicGbps: 10 } },
      timeline: [{ after: 30_000, lasts: 120_000 }, { after: 120_000 }, { after: 60_000, postCopy: false }],
    });
    expect(read.locate([{ path: ['vms', 1, 'memoryGiB'], reason: 'too much' }])).toEqual([
      { line: 42, column: 5, where: 'vms[1].memoryGiB', reason: 'too much' },
    ]);
  });

  it.each([
    ['a name with a blank', 'tiny: {', '"t y": {', 'a name consists of letters, digits'],
    ['another form', 'drover: 1', 'drover: 2', '1 drover: expected 1'],
    [
      'a key that is none',
      'title: Small',
      'title: Small\ncolour: red',
      '4 colour: there is no such key here',
    ],
    ['a missing part', 'name: small\n', '', '1 name: it is missing; expected string'],
    ['a negative rate', 'nicGbps: 10,', 'nicGbps: -1,', '6 hostModels.big.nicGbps: it is less than 0.001'],
    ['a number without a unit', 'after: 30s', 'after: 30', '47 timeline[0].after: write a duration'],
    ['a word for a number', 'cores: 8', 'cores: many', '6 hostModels.big.cores: expected number'],
    [
      'a watts curve of ten',
      'watts: { idle: 90, full: 300 }',
      'watts: [1,2,3,4,5,6,7,8,9,10]',
      '6 hostModels.big.watts',
    ],
    [
      'an unknown model',
      'name: edge, model: tiny',
      'name: edge, model: huge',
      '10 hosts[1].model: there is no host model huge; there are big, tiny',
    ],
    [
      'an unknown switch',
      'switch: rack-2,',
      'switch: rack-9,',
      '10 hosts[1].switch: there is no switch rack-9; there are core, rack-1, rack-2',
    ],
    [
      'an unknown network of a host',
      'networks: [br0]',
      'networks: [br9]',
      '10 hosts[1].networks[0]: there is no network br9',
    ],
    ['a name twice', 'name: edge', 'name: node-2', '10 hosts[1].name: node-2 is called so already'],
    [
      'a circle of switches',
      '{ name: core }',
      '{ name: core, uplink: { to: rack-1, gbps: 1 } }',
      '12 switches[0].uplink.to: its uplinks lead round in a circle: core, rack-1, core',
    ],
    [
      'a switch on itself',
      '{ name: core }',
      '{ name: core, uplink: { to: core, gbps: 1 } }',
      '12 switches[0].uplink.to: its uplinks lead round in a circle: core, core',
    ],
    [
      'a pool in a pool',
      'path: /srv/local',
      'path: /srv/shared/more',
      '20 pools[1].path: it lies in the path of the pool shared (/srv/shared), or that in it',
    ],
    [
      'a pool of unknown hosts',
      'hosts: [node] }',
      'hosts: [nod] }',
      '20 pools[1].hosts[0]: there is no host or group of hosts nod',
    ],
    [
      'more used than there is',
      'usedGiB: 2 }',
      'usedGiB: 20 }',
      '22 templates.debian.usedGiB: more than its 10 GiB cannot be used of it',
    ],
    [
      'a trace that is not there',
      'trace: office }',
      'trace: home }',
      '28 workloads.office.cpu.trace: there is no trace home; there are office',
    ],
    [
      'a trace with a hole',
      '[10, 50, 20]',
      '[10, null, 20]',
      '24 traces.office.percents[1]: expected number, received null',
    ],
    [
      'a trace above 100 %',
      '[10, 50, 20]',
      '[10, 101, 20]',
      '24 traces.office.percents[1]: it is more than 100',
    ],
    [
      'a trace too fine',
      'every: 5min',
      'every: 3s',
      '24 traces.office.every: loads change each 10 s at the most',
    ],
    [
      'steps out of order',
      'after: 5min, cores: 1',
      'after: 30s, cores: 1',
      '27 workloads.steps.cpu.steps[1].after: steps stand in order of time',
    ],
    [
      'a VM larger than any host',
      'memoryGiB: 8\n',
      'memoryGiB: 33\n',
      '42 vms[1].memoryGiB: 33 GiB are more than any of its hosts has (32 GiB)',
    ],
    [
      'as many vCPUs as no host has cores',
      'vcpus: 4',
      'vcpus: 9',
      '41 vms[1].vcpus: 9 vCPUs are more than any of its hosts has cores (8)',
    ],
    [
      'a VM on no host',
      'host: node-1',
      'host: node-3',
      '39 vms[1].host: there is no host node-3; there are node-1, node-2, edge',
    ],
    [
      'storage that a host does not see',
      'host: node-1',
      'host: edge',
      '43 vms[1].disk.pool: edge, where it may lie, has no pool local',
    ],
    [
      'an overlay smaller than its template',
      'sizeGiB: 12',
      'sizeGiB: 5',
      '34 vms[0].disk.sizeGiB: an overlay is not smaller than its template, which has 10 GiB',
    ],
    [
      'a template that is not there',
      'template: debian',
      'template: bsd',
      '34 vms[0].disk.template: there is no template bsd; there are debian',
    ],
    [
      'a network that is not there',
      'guest: Rocky Linux 9',
      'network: lan',
      '40 vms[1].network: there is no network lan; there are br0, default',
    ],
    [
      'a workload that is not there',
      'workload: steps',
      'workload: constructor',
      '44 vms[1].workload: there is no workload constructor',
    ],
    [
      'weights of another number',
      'weights: [3, 1]',
      'weights: [3]',
      '32 vms[0].vcpus.weights: there must be as many weights as there are choices',
    ],
    [
      'a range upside down',
      'between: [1, 2]',
      'between: [2, 1]',
      '33 vms[0].memoryGiB.between: the smaller number stands first',
    ],
    [
      'a million VMs',
      'count: 4',
      'count: 1000000',
      '30 vms[0]: that makes 1000000 VMs, and a simulated cluster has 100000 at the most',
    ],
    [
      'a host of the timeline that is not there',
      'host: node-2',
      'host: node-7',
      '48 timeline[1].host: there is no host node-7, nor a group of that name; there are node, node-1, node-2, edge',
    ],
    [
      'a VM of the timeline that is not there',
      'vm: database',
      'vm: mail',
      '49 timeline[2].vm: there is no VM mail, nor a group of that name; there are web, web-1',
    ],
    [
      'something nobody can do',
      'do: power-off',
      'do: explode',
      '48 timeline[1].do: expected one of power-off, power-on, cut-link',
    ],
    [
      'policies',
      'timeline:',
      'policies: { balancing: { every: 5min } }\ntimeline:',
      '46 policies.balancing: Drover has no balancing policies yet',
    ],
    ['a time that is none', '2026-01-05T18:00:00Z', 'yesterday', '4 startsAt: '],
  ])('is refused for %s, with the line', (_, from, to, said) => {
    expect(problemsOf(changed(from, to)).join('\n')).toContain(said);
  });

  it.each([
    ['', '1 : it is no scenario'],
    ['- a\n- b', '1 : it is no scenario'],
    ['name: [1', '1 : '],
    ['name: a\nname: b', '2 : Map keys must be unique'],
    ['\t: {', '1 : '],
    [`${'a: &a [b,b]\n'}x: [${'*a,'.repeat(300)}]`, ': '],
    ['x'.repeat(4_000_001), '1 : it is longer than 4 million characters'],
    ['__proto__: {drover: 1}', 'drover'],
  ])('is never thrown over: %.20s', (text, said) => {
    expect(problemsOf(text).join('\n')).toContain(said);
  });

  it('names all that is wrong, in the order of lines', () => {
    const text = changed('cores: 8', 'cores: 0').replace('gbps: 40 }, latencyMs', 'gbps: 0 }, latencyMs');
    expect(problemsOf(text).map((each) => each.split(' ')[0])).toEqual(['6', '13']);
  });
});
