import { z } from 'zod';
import { nameOrDrawnSchema, nameSchema, numberOrDrawnSchema } from './quantities.ts';
import { timelineFileSchema } from './timelineFile.ts';
import { traceFileSchema, workloadFileSchema } from './workloadFile.ts';

/** The form of the file; grows when a file of before could be read otherwise. */
export const scenarioFormat = 1;

export const mostHosts = 10_000;
export const mostVms = 100_000;

const watts = z.number().min(0).max(100_000);

/** A scenario's table, as Drover's people write it: descriptions go into the JSON Schema that editors read. */
const hostModelSchema = z
  .strictObject({
    cores: z.number().int().min(1).max(1024),
    mhz: z.number().min(100).max(10_000).default(2900),
    memoryGiB: z.number().min(0.25).max(65_536),
    nicGbps: z.number().min(0.001).max(1000).default(10).meta({ description: 'Each way, Gbit a second.' }),
    watts: z
      .union([
        z.strictObject({ idle: watts, full: watts }).readonly(),
        z.array(watts).length(11).meta({ description: 'At 0, 10, ... 100 % of its CPUs (SPECpower).' }),
      ])
      .default([92, 118, 138, 157, 176, 196, 217, 241, 269, 300, 334]),
    cpuModel: z.string().min(1).default('Skylake-Server-IBRS'),
    cpuFlags: z
      .array(z.string().min(1))
      .default([
        'aes',
        'avx',
        'avx2',
        'bmi1',
        'bmi2',
        'fma',
        'movbe',
        'pcid',
        'popcnt',
        'sse4_1',
        'sse4_2',
        'x2apic',
        'xsave',
      ]),
    machineTypes: z.array(z.string().min(1)).min(1).default(['pc-q35-7.2', 'pc-q35-7.1', 'pc-i440fx-7.2']),
  })
  .readonly();

const count = z
  .number()
  .int()
  .min(1)
  .optional()
  .meta({ description: 'So many of them, numbered behind the name: node-01, node-02 ...' });

const hostSchema = z
  .strictObject({
    name: nameSchema,
    count,
    title: z.string().min(1).optional(),
    model: z.string().meta({ description: 'A name under "hostModels".' }),
    switch: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .meta({
        description: 'What they hang on; of several, as many hosts on each, one switch after the other.',
      }),
    networks: z.array(z.string()).optional().meta({ description: 'All unless given.' }),
    clockAheadSeconds: z.number().min(-86_400).max(86_400).default(0),
  })
  .readonly();

const switchSchema = z
  .strictObject({
    name: nameSchema,
    uplink: z
      .strictObject({ to: z.string(), gbps: z.number().min(0.001).max(100_000) })
      .readonly()
      .optional(),
    latencyMs: z.number().min(0).max(1000).default(0),
  })
  .readonly();

const networkSchema = z.strictObject({ name: nameSchema, kind: z.enum(['bridge', 'network']) }).readonly();

const poolSchema = z
  .strictObject({
    name: nameSchema,
    path: z
      .string()
      .regex(/^\/[^\s]*[^/\s]$/, 'a path begins with "/", does not end with it, and holds no spaces'),
    shared: z.boolean().meta({ description: 'One store that all its hosts see, or one of its own on each.' }),
    capacityGiB: z.number().min(1).max(1e9),
    rateMiBps: z
      .number()
      .min(1)
      .max(1e6)
      .default(900)
      .meta({ description: 'What it reads and writes in all.' }),
    hosts: z
      .array(z.string())
      .min(1)
      .optional()
      .meta({ description: 'Hosts or groups of hosts; all unless given.' }),
  })
  .readonly();

const templateSchema = z
  .strictObject({
    pool: z.string(),
    sizeGiB: z.number().min(0.01).max(65_536),
    usedGiB: z.number().min(0).max(65_536),
  })
  .readonly();

const diskSchema = z
  .strictObject({
    pool: z.string(),
    template: z.string().optional().meta({ description: 'What it is an overlay of.' }),
    sizeGiB: z.number().min(0.01).max(65_536),
    usedGiB: z.number().min(0).max(65_536).default(1),
  })
  .readonly();

const vmSchema = z
  .strictObject({
    name: nameSchema,
    count,
    host: z.string().optional().meta({ description: 'Where it lies; drawn by "placement" unless given.' }),
    hosts: z
      .array(z.string())
      .min(1)
      .optional()
      .meta({ description: 'Hosts or groups of hosts that may hold them; all unless given.' }),
    placement: z
      .enum(['spread', 'fill', 'random'])
      .default('spread')
      .meta({ description: 'To where most memory is free, one host full after the other, or by chance.' }),
    guest: nameOrDrawnSchema.default('Debian 12'),
    vcpus: numberOrDrawnSchema(1, 1024).default(2),
    memoryGiB: numberOrDrawnSchema(0.015_625, 65_536).default(4),
    disk: diskSchema,
    network: z.string().optional().meta({ description: 'The first unless given.' }),
    workload: nameOrDrawnSchema,
    load: numberOrDrawnSchema(0, 1000)
      .default(1)
      .meta({ description: 'Times what its workload asks of CPUs.' }),
    shiftHours: numberOrDrawnSchema(-24, 24)
      .default(0)
      .meta({ description: 'Its day begins so much later (diurnal workloads).' }),
    running: z
      .union([z.boolean(), z.number().min(0).max(1)])
      .default(true)
      .meta({ description: 'Whether it runs at first; of a group, a share of them.' }),
    autostart: z.boolean().default(false),
  })
  .readonly();

const policiesSchema = z
  .strictObject({ balancing: z.unknown(), availability: z.unknown(), power: z.unknown() })
  .partial()
  .readonly()
  .meta({ description: 'Not yet: Drover refuses by name what it does not have.' });

export const scenarioFileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    drover: z.literal(scenarioFormat).meta({ description: 'The form of this file.' }),
    name: nameSchema,
    title: z.string().min(1).max(80),
    story: z.string().max(2000).default(''),
    startsAt: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'What the clocks show at first, as in 2026-01-05T18:00:00Z; now unless given.' }),
    hostModels: z.record(nameSchema, hostModelSchema),
    hosts: z.array(hostSchema).min(1).max(mostHosts),
    switches: z.array(switchSchema).max(10_000).default([]),
    networks: z
      .array(networkSchema)
      .min(1)
      .default([
        { name: 'br0', kind: 'bridge' },
        { name: 'default', kind: 'network' },
      ]),
    pools: z.array(poolSchema).min(1).max(1000),
    templates: z.record(nameSchema, templateSchema).default({}),
    workloads: z.record(nameSchema, workloadFileSchema),
    traces: z.record(nameSchema, traceFileSchema).default({}),
    vms: z.array(vmSchema).max(20_000).default([]),
    policies: policiesSchema.optional(),
    timeline: timelineFileSchema.default([]),
  })
  .readonly();

/** A scenario's file as it was read: defaults filled in, durations in milliseconds, groups not yet made into hosts and VMs. */
export type ScenarioFile = z.infer<typeof scenarioFileSchema>;
export type HostGroup = ScenarioFile['hosts'][number];
export type VmGroup = ScenarioFile['vms'][number];

/** The JSON Schema that editors check a file with while it is written. */
export function scenarioJsonSchema(): unknown {
  return {
    ...z.toJSONSchema(scenarioFileSchema, {
      io: 'input',
      // Ours alone: who writes the file may well change it.
      override: ({ jsonSchema }) => {
        delete jsonSchema.readOnly;
      },
    }),
    title: 'A simulated cluster of Drover',
  };
}
