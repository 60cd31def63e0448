import { z } from 'zod';
import { hostIdSchema, vmIdSchema } from './ids.ts';

/** Memory and disks of VMs cost a host more to tell than CPU and network: measured at every n-th sweep only. */
export const dearEverySweeps = 5;

const column = z.array(z.number().nullable()).readonly();

/**
 * One sweep of measurements, as columns: the n-th number of each column belongs to the n-th id. null is a gap
 * (not measured this time), never zero.
 */
export const hostSamplesSchema = z
  .object({
    /** When it was measured, by the clock of the hosts' cluster, milliseconds: a sweep is of one cluster only. */
    at: z.number(),
    hostIds: z.array(hostIdSchema).readonly(),
    /** Share of all the host's CPUs, 0 to 1. */
    cpuShare: column,
    memoryUsedMiB: column,
    memoryTotalMiB: column,
  })
  .readonly();

export const vmSamplesSchema = z
  .object({
    at: z.number(),
    vmIds: z.array(vmIdSchema).readonly(),
    /** Share of the VM's own vCPUs, 0 to 1. */
    cpuShare: column,
    memoryUsedMiB: column,
    diskReadBytesPerSecond: column,
    diskWriteBytesPerSecond: column,
    networkReceiveBytesPerSecond: column,
    networkSendBytesPerSecond: column,
  })
  .readonly();

export const samplesSchema = z.object({ hosts: hostSamplesSchema, vms: vmSamplesSchema }).readonly();

export type HostSamples = z.infer<typeof hostSamplesSchema>;
export type VmSamples = z.infer<typeof vmSamplesSchema>;
export type Samples = z.infer<typeof samplesSchema>;
