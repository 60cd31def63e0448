import { z } from 'zod';
import { workloadSchema } from './workload.ts';

/**
 * What a simulated cluster consists of at its first moment. Names refer to each other; `checkScenario` finds those that
 * lead nowhere. MiB, GiB and bits per second as the field uses them.
 */
const hostSchema = z
  .object({
    /** As in `sim://world/host`, and in every message. */
    name: z.string().min(1),
    /** As a person calls the machine. */
    title: z.string(),
    address: z.ipv4(),
    cpus: z.number().int().min(1),
    mhz: z.number().min(100),
    cpuModel: z.string(),
    cpuFlags: z.array(z.string()).readonly(),
    memoryMiB: z.number().int().min(256),
    nicBitsPerSecond: z.number().min(1e6),
    networks: z
      .array(
        z.object({ name: z.string(), kind: z.enum(['network', 'bridge']), active: z.boolean() }).readonly(),
      )
      .readonly(),
    machineTypes: z.array(z.string()).min(1).readonly(),
    /** How far its clock is ahead of the others'. */
    clockAheadMs: z.number().default(0),
  })
  .readonly();

const poolSchema = z
  .object({
    name: z.string().min(1),
    path: z.string().startsWith('/'),
    kind: z.enum(['netfs', 'dir']),
    /** One store that all its hosts see, or one of its own on each. */
    shared: z.boolean(),
    hosts: z.array(z.string()).min(1).readonly(),
    capacityGiB: z.number().min(1),
    /** What it writes and reads in all, MiB a second. */
    rateMiBPerSecond: z.number().min(1),
  })
  .readonly();

const imageSchema = z
  .object({
    path: z.string().startsWith('/'),
    format: z.enum(['qcow2', 'raw']),
    virtualGiB: z.number().min(0.01),
    usedGiB: z.number().min(0),
    backing: z.string().exactOptional(),
    /** Where it lies, if its pool is one of many of that path. */
    host: z.string().exactOptional(),
  })
  .readonly();

const vmSchema = z
  .object({
    name: z.string().min(1),
    host: z.string(),
    guestSystem: z.string(),
    vcpus: z.number().int().min(1),
    memoryMiB: z.number().int().min(16),
    disks: z
      .array(z.object({ target: z.string(), path: z.string(), cache: z.string() }).readonly())
      .readonly(),
    network: z.string(),
    machine: z.string(),
    workload: workloadSchema,
    running: z.boolean(),
    autostart: z.boolean(),
  })
  .readonly();

export const scenarioSchema = z
  .object({
    name: z.string().min(1),
    title: z.string(),
    story: z.string(),
    hosts: z.array(hostSchema).min(1).readonly(),
    pools: z.array(poolSchema).readonly(),
    images: z.array(imageSchema).readonly(),
    vms: z.array(vmSchema).readonly(),
  })
  .readonly();

export type Scenario = z.infer<typeof scenarioSchema>;
export type ScenarioHost = Scenario['hosts'][number];
export type ScenarioPool = Scenario['pools'][number];
export type ScenarioVm = Scenario['vms'][number];
