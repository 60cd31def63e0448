import { z } from 'zod';
import { type ClusterId, type HostId, hostIdSchema, vmIdSchema } from '#shared/model/ids.ts';
import { migrationOptionsSchema } from '#shared/model/migration.ts';
import type { Claim } from '#shared/model/plan.ts';

export const migrationKind = 'migration';

export const stepIds = {
  initialise: 'initialise',
  reserve: 'reserve',
  preCopy: 'pre-copy',
  stopAndCopy: 'stop-and-copy',
  commit: 'commit',
  activate: 'activate',
} as const;

/** All six steps are given the same: they are stations of one journey. */
export const migrationArgumentsSchema = z.object({
  vmId: vmIdSchema,
  uuid: z.string(),
  vmName: z.string(),
  fromHostId: hostIdSchema,
  fromHostName: z.string(),
  toHostId: hostIdSchema,
  toHostName: z.string(),
  destinationAddress: z.string(),
  options: migrationOptionsSchema,
  copyStorage: z.enum(['none', 'full', 'incremental']),
  /** Targets (vda ...) of the disks that are copied. */
  copyDisks: z.array(z.string()),
  unsafe: z.boolean(),
  /** Files that the guest writes and both hosts see. */
  sharedDisks: z.array(z.string()),
  /** Images that Drover makes at the destination before the copy, and removes if the task is taken back. */
  createImages: z.array(
    z.object({
      path: z.string(),
      format: z.string(),
      virtualBytes: z.number(),
      backing: z.object({ path: z.string(), format: z.string() }).exactOptional(),
    }),
  ),
});

export type MigrationArguments = z.infer<typeof migrationArgumentsSchema>;

/** Of one VM only one incoming copy may be on a host: of a migration, or what one has left. */
export function incomingCopyClaim(clusterId: ClusterId, uuid: string, hostId: HostId): Claim {
  return { kind: 'name', clusterId, name: `incoming copy of ${uuid} on ${hostId}` };
}
