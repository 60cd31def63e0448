import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { activityEntrySchema, activityFilterSchema, activityPlaceSchema } from '../model/activity.ts';
import { consoleInputSchema, consoleKindSchema, consoleMessageSchema } from '../model/console.ts';
import { diagnosisSchema } from '../model/diagnosis.ts';
import { eventSchema } from '../model/event.ts';
import { historyColumnsSchema, historyRequestSchema } from '../model/history.ts';
import { hostSchema } from '../model/host.ts';
import { clusterIdSchema, hostIdSchema, taskIdSchema, vmIdSchema } from '../model/ids.ts';
import { liveMessageSchema, liveStateSchema } from '../model/live.ts';
import { migrationOptionsSchema, migrationRequestSchema } from '../model/migration.ts';
import { physicalClusterSchema } from '../model/physicalCluster.ts';
import { planSchema } from '../model/plan.ts';
import { samplesSchema } from '../model/samples.ts';
import { clockJumpSchema, worldFaultSchema } from '../model/simulation.ts';
import { taskSchema } from '../model/task.ts';
import { vmActionSchema } from '../model/vmAction.ts';
import { vmDetailsSchema, vmInterfacesSchema } from '../model/vmDetails.ts';
import { vmHistorySchema } from '../model/vmHistory.ts';
import { errorDataSchema } from './errors.ts';

/** Every expected failure travels as this one coded error; its data is `ErrorData`. */
const procedure = oc.errors({ DROVER: { data: errorDataSchema } });

const hostCredentialsSchema = z
  .object({
    keyFile: z.string().exactOptional(),
    /** `SHA256:...`: accept this host key, and no other, if it is unknown. */
    acceptHostKey: z.string().exactOptional(),
    /** Secrets stay in the backend's memory, or the operating system's key store; they are never journalled. */
    password: z.string().exactOptional(),
    passphrase: z.string().exactOptional(),
    answers: z.array(z.string()).readonly().exactOptional(),
  })
  .readonly();

const nothing = z.object({}).readonly();

/** The one list of what a client may ask, tell and hear. */
export const contract = {
  system: {
    info: procedure.output(
      z.object({ version: z.string(), dataFolder: z.string(), pid: z.number(), mode: z.string() }).readonly(),
    ),
    /** A fresh one-time address of the browser console; refused where no server runs. */
    newAddress: procedure.output(z.object({ address: z.string() }).readonly()),
    /** What asking to quit needs to know. */
    runningTasks: procedure.output(z.object({ count: z.number().int() }).readonly()),
  },
  live: {
    watch: procedure.output(eventIterator(liveMessageSchema)),
    snapshot: procedure.output(liveStateSchema),
    /** The sweeps of the last 15 minutes that are still in memory, then each as it is made. */
    samples: procedure.output(eventIterator(samplesSchema)),
  },
  history: {
    /** Measurements of one thing over a while, as columns; what was never measured is simply not there. */
    load: procedure.input(historyRequestSchema).output(historyColumnsSchema),
    /** What happened in a cluster, by its clock: the last 24 hours, oldest first; of very much the latest. */
    events: procedure
      .input(
        z
          .object({
            clusterId: clusterIdSchema,
            spanMs: z.number().positive(),
            limit: z.number().int().min(1).max(1000).default(500),
          })
          .readonly(),
      )
      .output(z.object({ now: z.number(), events: z.array(eventSchema).readonly() }).readonly()),
  },
  hosts: {
    /**
     * Connects first and keeps the host only if that worked. Refusals that the operator can answer carry what is
     * wanted: `host-key-unknown` (details.fingerprint), `password-needed`, `passphrase-needed`, `answers-needed`
     * (details.prompts, one a line; details.answered of the answers given so far stay, those to these prompts follow).
     */
    add: procedure
      .input(
        z
          .object({
            address: z.string().min(1),
            clusterName: z.string().min(1).max(100),
            name: z.string().min(1).max(100).exactOptional(),
            credentials: hostCredentialsSchema,
          })
          .readonly(),
      )
      .output(hostSchema),
    remove: procedure.input(z.object({ hostId: hostIdSchema }).readonly()).output(nothing),
    /** Tries again now, with what the operator supplies; done when it is connected, refused as `add` is. */
    reconnect: procedure
      .input(z.object({ hostId: hostIdSchema, credentials: hostCredentialsSchema }).readonly())
      .output(nothing),
    /** "It is off and stays off": undecided tasks that wait for it may resolve. Taken back when it answers. */
    declareDead: procedure
      .input(z.object({ hostId: hostIdSchema, dead: z.boolean() }).readonly())
      .output(nothing),
    /** Looks the host over, and whether VMs could migrate between it and each other host of its cluster. Changes nothing. */
    diagnose: procedure.input(z.object({ hostId: hostIdSchema }).readonly()).output(diagnosisSchema),
  },
  clusters: {
    /**
     * A simulated cluster: starts the world of a scenario that is built in, of a file of one's own or of what is in
     * such a file (or joins the one in `folder`), and adds all its hosts. Refused with `scenario-unknown`,
     * `scenario-unusable` (which names the line), `already-exists`, `world-unusable`, `world-stopped`.
     */
    addSimulated: procedure
      .input(
        z
          .object({
            scenario: z.string().min(1).max(100),
            name: z.string().min(1).max(100).exactOptional(),
            seed: z.number().int().min(0).max(4_294_967_295).exactOptional(),
            /** A scenario's file, by its path where the backend runs; traces lie beside it. */
            file: z.string().exactOptional(),
            /** What is in such a file; without traces in other files. */
            text: z.string().max(4_000_000).exactOptional(),
            /** Of a world that another console keeps. */
            folder: z.string().exactOptional(),
          })
          .readonly(),
      )
      .output(physicalClusterSchema),
    /** Forgets a cluster with all its hosts. A simulated one that this console made ends with it. */
    remove: procedure.input(z.object({ clusterId: clusterIdSchema }).readonly()).output(nothing),
    setClock: procedure
      .input(
        z
          .object({
            clusterId: clusterIdSchema,
            rate: z.number().min(1).max(600).exactOptional(),
            paused: z.boolean().exactOptional(),
          })
          .readonly(),
      )
      .output(nothing),
    /** Runs a paused simulated cluster on by so much simulated time. */
    step: procedure
      .input(
        z.object({ clusterId: clusterIdSchema, milliseconds: z.number().min(1).max(86_400_000) }).readonly(),
      )
      .output(nothing),
    /** Runs a simulated cluster, paused or not, on to its next event, at most 24 h; the world's `clock.jump` says which. */
    jump: procedure.input(z.object({ clusterId: clusterIdSchema }).readonly()).output(clockJumpSchema),
    /** Breaks or mends something in a simulated cluster; refused for a real one. */
    fault: procedure
      .input(z.object({ clusterId: clusterIdSchema, fault: worldFaultSchema }).readonly())
      .output(nothing),
    /** Starts a simulated cluster's world again, from where it was last kept. */
    revive: procedure.input(z.object({ clusterId: clusterIdSchema }).readonly()).output(nothing),
  },
  vms: {
    /** One verb of the lifecycle, on one VM; refused by the rule that greys its button. */
    act: procedure
      .input(
        z
          .object({
            vmId: vmIdSchema,
            action: vmActionSchema,
            why: z.string().optional(),
            /** The same key twice is the same task. */
            idempotencyKey: z.string().min(8).max(100).optional(),
          })
          .readonly(),
      )
      .output(z.object({ taskId: taskIdSchema }).readonly()),
    /** A new VM from libvirt's domain XML; it is inactive afterwards. */
    define: procedure
      .input(
        z
          .object({ hostId: hostIdSchema, xml: z.string().min(1).max(1_000_000), why: z.string().optional() })
          .readonly(),
      )
      .output(z.object({ taskId: taskIdSchema }).readonly()),
    /** The definition as its host has it: of the running instance, or what is next started. Without secrets. */
    xml: procedure
      .input(
        z.object({ vmId: vmIdSchema, which: z.enum(['current', 'inactive']).default('current') }).readonly(),
      )
      .output(z.object({ xml: z.string() }).readonly()),
    /** Configuration and disks, asked of its host now. */
    details: procedure.input(z.object({ vmId: vmIdSchema }).readonly()).output(vmDetailsSchema),
    /** Its network interfaces, asked of its host now. */
    interfaces: procedure.input(z.object({ vmId: vmIdSchema }).readonly()).output(vmInterfacesSchema),
    /** What happened to it, newest first; `before` of one answer asks for what is older. */
    history: procedure
      .input(
        z
          .object({
            vmId: vmIdSchema,
            limit: z.number().int().min(1).max(500).default(100),
            before: z.number().optional(),
          })
          .readonly(),
      )
      .output(vmHistorySchema),
  },
  consoles: {
    /**
     * A console of a VM, for as long as the stream is read: it waits for a VM that is off, comes back when it broke off,
     * and follows the VM to another host. `takeOver`: cuts off whoever has its serial console now. No more than
     * `consoleWindowBytes` are sent ahead of `acknowledge`.
     */
    open: procedure
      .input(
        z
          .object({ vmId: vmIdSchema, kind: consoleKindSchema, takeOver: z.boolean().default(false) })
          .readonly(),
      )
      .output(eventIterator(consoleMessageSchema)),
    /** Answers when the host has taken it; whoever types faster waits. Refused with `not-found` once it was closed. */
    send: procedure.input(consoleInputSchema).output(nothing),
    /** So many bytes in all, of all its connections, have been taken by the reader. */
    acknowledge: procedure
      .input(z.object({ consoleId: z.string(), bytes: z.number().int().min(0) }).readonly())
      .output(nothing),
  },
  migrations: {
    /** Each other host of the cluster: yes, or its reason. */
    destinations: procedure
      .input(z.object({ vmId: vmIdSchema, options: migrationOptionsSchema }).readonly())
      .output(
        z
          .array(
            z
              .object({ hostId: hostIdSchema, allowed: z.boolean(), reason: z.string().optional() })
              .readonly(),
          )
          .readonly(),
      ),
    /** Asks both hosts what only they know and returns the plan, or the reason there is none. Changes nothing. */
    plan: procedure.input(migrationRequestSchema).output(planSchema),
    start: procedure
      .input(
        z
          .object({
            request: migrationRequestSchema,
            why: z.string().optional(),
            /** The same key twice is the same task, so a repeated request never migrates twice. */
            idempotencyKey: z.string().min(8).max(100).optional(),
          })
          .readonly(),
      )
      .output(z.object({ taskId: taskIdSchema }).readonly()),
  },
  tasks: {
    list: procedure
      .input(
        z
          .object({
            limit: z.number().int().min(1).max(1000).default(100),
            before: z.number().optional(),
            filter: activityFilterSchema.optional(),
          })
          .readonly(),
      )
      .output(z.array(taskSchema).readonly()),
    get: procedure.input(z.object({ taskId: taskIdSchema }).readonly()).output(taskSchema),
    cancel: procedure.input(z.object({ taskId: taskIdSchema }).readonly()).output(nothing),
    /** The same request once more, planned anew; refused by `canRetry`, or by whatever stands in its way now. */
    retry: procedure
      .input(
        z
          .object({
            taskId: taskIdSchema,
            /** The same key twice is the same task. */
            idempotencyKey: z.string().min(8).max(100).optional(),
          })
          .readonly(),
      )
      .output(z.object({ taskId: taskIdSchema }).readonly()),
  },
  activity: {
    /** Tasks and events together, newest first; `next` is where the following page begins. */
    list: procedure
      .input(
        z
          .object({
            filter: activityFilterSchema.default({}),
            limit: z.number().int().min(1).max(500).default(100),
            before: activityPlaceSchema.optional(),
          })
          .readonly(),
      )
      .output(
        z
          .object({
            entries: z.array(activityEntrySchema).readonly(),
            next: activityPlaceSchema.optional(),
          })
          .readonly(),
      ),
  },
};

export type Contract = typeof contract;
