import { z } from 'zod';
import { timelineSchema } from './timeline.ts';
import { traceSchema, workloadSchema } from './workload.ts';

/** Watts at 0, 10, ... 100 % of its CPUs, straight lines between: as SPECpower_ssj2008 is published. */
export const powerCurveSchema = z.array(z.number().min(0)).length(11).readonly();

/**
 * What a simulated cluster consists of at its first moment, and what happens to it: every host, file and VM by itself.
 * Made of a scenario's file by `expandScenario`, which finds names that lead nowhere. MiB, GiB and bits per second as
 * the field uses them.
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
    power: powerCurveSchema,
    /** What it hangs on; without one, on a switch that is never in the way. */
    switch: z.string().exactOptional(),
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

/** A tree: each but the roots has an uplink to another, which is full duplex. */
const switchSchema = z
  .object({
    name: z.string().min(1),
    uplink: z
      .object({ to: z.string(), bitsPerSecond: z.number().min(1e6) })
      .readonly()
      .exactOptional(),
    /** What a packet takes through it. */
    latencyMs: z.number().min(0),
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
    /** What its clocks show at first, milliseconds since 1970; the present minute where it is left out. */
    startsAt: z.number().exactOptional(),
    hosts: z.array(hostSchema).min(1).readonly(),
    switches: z.array(switchSchema).readonly(),
    pools: z.array(poolSchema).readonly(),
    images: z.array(imageSchema).readonly(),
    vms: z.array(vmSchema).readonly(),
    /** By their name, which workloads say. */
    traces: z.record(z.string(), traceSchema).readonly(),
    timeline: timelineSchema,
  })
  .readonly();

export type Scenario = z.infer<typeof scenarioSchema>;
export type ScenarioHost = Scenario['hosts'][number];
export type ScenarioSwitch = Scenario['switches'][number];
export type ScenarioPool = Scenario['pools'][number];
export type ScenarioVm = Scenario['vms'][number];
