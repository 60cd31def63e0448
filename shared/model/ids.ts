import { z } from 'zod';

/** Ids are branded so that a host's can never be passed where a VM's is meant. */
export const clusterIdSchema = z.string().min(1).brand('ClusterId');
export const hostIdSchema = z.string().min(1).brand('HostId');
/** `<clusterId>/<libvirt UUID>`: a VM is its UUID within a physical cluster. */
export const vmIdSchema = z.string().min(1).brand('VmId');
export const taskIdSchema = z.string().min(1).brand('TaskId');

export type ClusterId = z.infer<typeof clusterIdSchema>;
export type HostId = z.infer<typeof hostIdSchema>;
export type VmId = z.infer<typeof vmIdSchema>;
export type TaskId = z.infer<typeof taskIdSchema>;

export function clusterId(text: string): ClusterId {
  return clusterIdSchema.parse(text);
}

export function hostId(text: string): HostId {
  return hostIdSchema.parse(text);
}

export function taskId(text: string): TaskId {
  return taskIdSchema.parse(text);
}

export function vmId(cluster: ClusterId, uuid: string): VmId {
  return vmIdSchema.parse(`${cluster}/${uuid.toLowerCase()}`);
}

export function clusterOfVm(id: VmId): ClusterId {
  return clusterId(id.slice(0, id.lastIndexOf('/')));
}
