import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { consoleKindSchema } from '../model/console.ts';
import { hostCapacitySchema } from '../model/host.ts';
import { hostInspectionSchema } from '../model/inspection.ts';
import { migrationJobSchema } from '../model/migrationJob.ts';
import { clockJumpSchema, worldFaultSchema, worldStatusSchema } from '../model/simulation.ts';
import { vmNicSchema, vmSchema, vmStateReasonSchema, vmStateSchema } from '../model/vm.ts';
import { vmInterfaceSchema } from '../model/vmDetails.ts';
import { errorDataSchema } from './errors.ts';

/**
 * What a console may ask of a simulated world, over the world's local socket: what libvirt's daemons on its hosts
 * would be asked over SSH, and beside that the clock and the faults. Times are simulated milliseconds unless said
 * otherwise. Grows with the version; a world of another version says so in `hello` and is not asked anything else.
 */
export const worldProtocol = 4;

const procedure = oc.errors({ DROVER: { data: errorDataSchema } });
const nothing = z.object({}).readonly();

/**
 * A console's connection to one host's libvirt. It lasts until it is closed, breaks, or the console's own connection
 * to the world ends. Towards a host that is off or whose link is cut nothing is answered: calls wait, and after the
 * keepalive time (25 s simulated) both ends give the session up, as libvirt's own do.
 */
const session = z.string();
const inSession = <T extends z.ZodRawShape>(shape: T) => z.object({ session, ...shape }).readonly();
const ofDomain = <T extends z.ZodRawShape>(shape: T) => inSession({ uuid: z.string(), ...shape });

/** As drivers describe a domain. */
export const domainDescriptionSchema = vmSchema
  .unwrap()
  .omit({ id: true, clusterId: true, hostId: true, copies: true, heldBy: true, current: true })
  .readonly();

const domainStateSchema = z.object({ state: vmStateSchema, reason: vmStateReasonSchema }).readonly();

const hostCountersSchema = z
  .object({
    cpuBusyNs: z.number(),
    cpuTotalNs: z.number(),
    cpuWaitNs: z.number().exactOptional(),
    cpuStealNs: z.number().exactOptional(),
    memoryUsedMiB: z.number(),
    memoryTotalMiB: z.number(),
    memoryCachedMiB: z.number().exactOptional(),
    swapUsedMiB: z.number().exactOptional(),
    networkReceiveBytes: z.number().exactOptional(),
    networkSendBytes: z.number().exactOptional(),
    diskReadBytes: z.number().exactOptional(),
    diskWriteBytes: z.number().exactOptional(),
    /** Of the whole machine, as its power curve has it; energy since the world began. Real hosts have neither. */
    watts: z.number().exactOptional(),
    energyJoules: z.number().exactOptional(),
  })
  .readonly();

/** What is measured of guests, a number for each: since it was started, or as it is now. */
const guestColumn = z.array(z.number()).readonly();
const guestColumnsSchema = z
  .object({
    cpuTimeNs: guestColumn,
    networkReceiveBytes: guestColumn,
    networkSendBytes: guestColumn,
    cpuReadyNs: guestColumn.exactOptional(),
    memoryUsedMiB: guestColumn.exactOptional(),
    memoryGivenMiB: guestColumn.exactOptional(),
    diskReadBytes: guestColumn.exactOptional(),
    diskWriteBytes: guestColumn.exactOptional(),
  })
  .readonly();

const rosterSchema = z
  .array(z.object({ uuid: z.string(), state: vmStateSchema, vcpus: z.number() }).readonly())
  .readonly();

const depth = z.enum(['cheap', 'full']);

/** What is asked of many hosts, and often. */
const questionSchema = z.discriminatedUnion('of', [
  /** Logs in to a host; where it does not answer the question waits like any, and then fails as SSH would. */
  z.object({ of: z.literal('session'), host: z.string() }).readonly(),
  z.object({ of: z.literal('domains'), session }).readonly(),
  z.object({ of: z.literal('capacity'), session }).readonly(),
  z.object({ of: z.literal('host-counters'), session, depth }).readonly(),
  /** `roster`: the number of the one that the console has of this host; 0 where it has none. */
  z.object({ of: z.literal('guest-counters'), session, depth, roster: z.number().int() }).readonly(),
]);

/** `to`: which of the questions of its call it answers. */
const answering = { to: z.number().int() };
const answerSchema = z.discriminatedUnion('of', [
  z.object({ ...answering, of: z.literal('session'), session }).readonly(),
  z
    .object({ ...answering, of: z.literal('domains'), domains: z.array(domainDescriptionSchema).readonly() })
    .readonly(),
  z.object({ ...answering, of: z.literal('capacity'), capacity: hostCapacitySchema }).readonly(),
  z.object({ ...answering, of: z.literal('host-counters'), counters: hostCountersSchema }).readonly(),
  /** Of the guests that have an instance; `guests` says which, where they are not those of the roster that was named. */
  z
    .object({
      ...answering,
      of: z.literal('guest-counters'),
      roster: z.number().int(),
      guests: rosterSchema.exactOptional(),
      columns: guestColumnsSchema,
    })
    .readonly(),
  z.object({ ...answering, of: z.literal('failure'), error: errorDataSchema }).readonly(),
]);

const migrationSettingsSchema = z
  .object({
    domainName: z.string(),
    bandwidthMiBPerSecond: z.number().exactOptional(),
    maxDowntimeMs: z.number().exactOptional(),
    copyStorage: z.enum(['none', 'full', 'incremental']),
    copyDisks: z.array(z.string()).readonly(),
    autoConverge: z.boolean(),
    postCopy: z.boolean(),
    resumePostCopy: z.boolean(),
    unsafe: z.boolean(),
    destinationAddress: z.string(),
  })
  .readonly();

/** What a session tells by itself. */
export const sessionEventSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('changed'),
      uuid: z.string(),
      name: z.string(),
      /** The guest has started anew in the same instance. */
      rebooted: z.literal(true).exactOptional(),
    })
    .readonly(),
  z.object({ kind: z.literal('gone'), uuid: z.string(), name: z.string() }).readonly(),
  z.object({ kind: z.literal('round'), uuid: z.string(), round: z.number().int() }).readonly(),
  /** The guest has stopped at the source of its migration: switch-over begins. */
  z.object({ kind: z.literal('stopped'), uuid: z.string() }).readonly(),
  z.object({ kind: z.literal('post-copy-active'), uuid: z.string() }).readonly(),
  z.object({ kind: z.literal('post-copy-failed'), uuid: z.string() }).readonly(),
  z.object({ kind: z.literal('job-completed'), uuid: z.string(), job: migrationJobSchema }).readonly(),
]);

const imageSchema = z
  .object({
    path: z.string(),
    format: z.string(),
    virtualBytes: z.number(),
    backing: z.object({ path: z.string(), format: z.string() }).readonly().exactOptional(),
  })
  .readonly();

const inspectedFileSchema = z
  .object({
    format: z.string(),
    virtualBytes: z.number(),
    usedBytes: z.number(),
    kind: z.enum(['file', 'block']),
    backing: z.object({ path: z.string(), format: z.string() }).readonly().exactOptional(),
  })
  .readonly();

export const worldContract = {
  /** First of all; refused with `world-unusable` where the versions differ. `console` is for the list of consoles. */
  hello: procedure.input(z.object({ protocol: z.number().int(), console: z.string() }).readonly()).output(
    z
      .object({
        protocol: z.number().int(),
        version: z.string(),
        pid: z.number().int(),
        scenario: z.string(),
        title: z.string(),
        /** Empty where the scenario has none. */
        story: z.string(),
        seed: z.number().int(),
        hosts: z.array(z.object({ name: z.string(), hostUuid: z.string() }).readonly()).readonly(),
      })
      .readonly(),
  ),
  /** At once, after every change, and each second of real time so that clocks do not drift apart. */
  watch: procedure.output(eventIterator(worldStatusSchema)),
  clock: {
    set: procedure
      .input(
        z
          .object({ rate: z.number().min(1).max(600).exactOptional(), paused: z.boolean().exactOptional() })
          .readonly(),
      )
      .output(nothing),
    /** Runs a paused world on by so much, as fast as it can; answers when it is there. */
    step: procedure
      .input(z.object({ milliseconds: z.number().min(1).max(86_400_000) }).readonly())
      .output(nothing),
    /**
     * Runs a world, paused or not, on to the next that a person would call an event, as fast as it can: an entry of its
     * timeline, a host that answers again, a guest that is through with booting, has shut down or was stopped for want of
     * room, a surge that is over, a migration that begins to send or ends. At most 24 h ahead. Refused with `refused-by-rule` where nothing of the kind is due.
     */
    jump: procedure.output(clockJumpSchema),
  },
  fault: procedure.input(worldFaultSchema).output(nothing),
  /**
   * When a guest was booted, as it says itself to whoever stands before it: past links and libvirt, whichever host
   * executes it. null where it does not run, stands still or hangs.
   */
  guestBootedAt: procedure.input(z.object({ uuid: z.string() }).readonly()).output(z.number().nullable()),
  /** Ends the world's process; with `forget` what it has kept on disk goes too. */
  end: procedure.input(z.object({ forget: z.boolean() }).readonly()).output(nothing),
  /**
   * Many questions in one call. Each travels to its host by itself; answers come as they arrive, those of one moment
   * together. A host that says nothing holds up nobody else. Ends when all are answered.
   */
  ask: procedure
    .input(z.object({ questions: z.array(questionSchema).readonly() }).readonly())
    .output(eventIterator(z.array(answerSchema).readonly())),
  session: {
    close: procedure.input(inSession({})).output(nothing),
    /** Ends when the session does: normally when it was closed, with an error that says why when it broke. */
    events: procedure.input(inSession({})).output(eventIterator(sessionEventSchema)),
    /** One round trip. */
    ping: procedure.input(inSession({})).output(nothing),
  },
  host: {
    addresses: procedure.input(inSession({})).output(z.array(z.string()).readonly()),
    /** `clockAheadMs` is of the host against the world's clock. */
    inspect: procedure.input(inSession({})).output(hostInspectionSchema),
    /** Whether a name resolves there. */
    resolves: procedure.input(inSession({ name: z.string() })).output(z.boolean()),
  },
  domains: {
    describe: procedure.input(ofDomain({})).output(domainDescriptionSchema.nullable()),
    /** The same with what is next started, which differs where it was defined anew while it ran. */
    describeNext: procedure.input(ofDomain({})).output(domainDescriptionSchema.nullable()),
    interfaces: procedure.input(ofDomain({})).output(z.array(vmInterfaceSchema).readonly()),
    state: procedure.input(ofDomain({})).output(domainStateSchema.nullable()),
    start: procedure.input(ofDomain({})).output(nothing),
    pause: procedure.input(ofDomain({})).output(nothing),
    resume: procedure.input(ofDomain({})).output(nothing),
    /** Answers when the memory is on disk. */
    save: procedure.input(ofDomain({})).output(nothing),
    discardSaved: procedure.input(ofDomain({})).output(nothing),
    /** Presses the power button; what the guest makes of it is told by events. */
    requestShutdown: procedure.input(ofDomain({})).output(nothing),
    requestReboot: procedure.input(ofDomain({})).output(nothing),
    reset: procedure.input(ofDomain({})).output(nothing),
    destroy: procedure.input(ofDomain({})).output(nothing),
    /** The parts of a definition that a world models; the driver has read them from the XML. */
    define: procedure
      .input(
        inSession({
          domain: domainDescriptionSchema
            .unwrap()
            .omit({ state: true, reason: true, persistent: true, hasSnapshots: true })
            .readonly(),
        }),
      )
      .output(z.object({ uuid: z.string(), name: z.string() }).readonly()),
    undefine: procedure.input(ofDomain({})).output(nothing),
    rename: procedure.input(ofDomain({ name: z.string() })).output(nothing),
    setAutostart: procedure.input(ofDomain({ autostart: z.boolean() })).output(nothing),
  },
  consoles: {
    /** Refused in libvirt's words where another has the serial one; `takeOver` cuts that off. It ends with its instance. */
    open: procedure
      .input(ofDomain({ kind: consoleKindSchema, takeOver: z.boolean() }))
      .output(z.object({ console: z.string() }).readonly()),
    /** What the guest says, base64. Ends normally when the console does, with an error when its session broke. */
    output: procedure.input(inSession({ console: z.string() })).output(eventIterator(z.string())),
    /** Base64; answers when the guest's host has it. */
    input: procedure.input(inSession({ console: z.string(), bytes: z.string() })).output(nothing),
    close: procedure.input(inSession({ console: z.string() })).output(nothing),
  },
  storage: {
    writeMarker: procedure.input(inSession({ path: z.string(), token: z.string() })).output(nothing),
    hasMarker: procedure.input(inSession({ path: z.string(), token: z.string() })).output(z.boolean()),
    removeMarker: procedure.input(inSession({ path: z.string(), token: z.string() })).output(nothing),
    inspect: procedure.input(inSession({ path: z.string() })).output(inspectedFileSchema.nullable()),
    freeBytes: procedure.input(inSession({ path: z.string() })).output(z.number().nullable()),
    createImage: procedure.input(inSession({ image: imageSchema, token: z.string() })).output(nothing),
    keepImage: procedure.input(inSession({ path: z.string(), token: z.string() })).output(nothing),
    removeImage: procedure.input(inSession({ path: z.string(), token: z.string() })).output(nothing),
    fingerprint: procedure.input(inSession({ path: z.string() })).output(z.string().nullable()),
    /** One text a file, equal as long as it was not written. */
    stamps: procedure
      .input(inSession({ paths: z.array(z.string()).readonly() }))
      .output(z.array(z.string()).readonly()),
  },
  migration: {
    job: procedure.input(ofDomain({})).output(migrationJobSchema.nullable()),
    abort: procedure.input(ofDomain({})).output(nothing),
    startPostCopy: procedure.input(ofDomain({})).output(nothing),
    pausePostCopy: procedure.input(ofDomain({})).output(nothing),
    setMaxDowntime: procedure.input(ofDomain({ milliseconds: z.number() })).output(nothing),
    missingNetworks: procedure
      .input(inSession({ nics: z.array(vmNicSchema).readonly() }))
      .output(z.array(z.string()).readonly()),
    canReach: procedure
      .input(inSession({ address: z.string(), port: z.number().int() }))
      .output(
        z.discriminatedUnion('reachable', [
          z.object({ reachable: z.literal(true), how: z.enum(['open', 'closed', 'not-tried']) }).readonly(),
          z.object({ reachable: z.literal(false), cause: z.string() }).readonly(),
        ]),
      ),
    /** Libvirt's five phases; `cookie` goes from each to the next. The session carries them, as libvirt's does. */
    begin: procedure
      .input(ofDomain({ settings: migrationSettingsSchema }))
      .output(z.object({ cookie: z.string(), domain: domainDescriptionSchema }).readonly()),
    prepare: procedure
      .input(
        inSession({ settings: migrationSettingsSchema, cookie: z.string(), domain: domainDescriptionSchema }),
      )
      .output(z.object({ cookie: z.string(), uri: z.string() }).readonly()),
    perform: procedure
      .input(ofDomain({ settings: migrationSettingsSchema, cookie: z.string(), uri: z.string() }))
      .output(z.object({ cookie: z.string() }).readonly()),
    finish: procedure
      .input(
        ofDomain({
          settings: migrationSettingsSchema,
          cookie: z.string(),
          uri: z.string(),
          cancelled: z.boolean(),
        }),
      )
      .output(z.object({ cookie: z.string() }).readonly()),
    confirm: procedure
      .input(ofDomain({ settings: migrationSettingsSchema, cookie: z.string(), cancelled: z.boolean() }))
      .output(nothing),
    /** Completed statistics, as the destination keeps them. */
    completedJob: procedure.input(ofDomain({})).output(migrationJobSchema.nullable()),
  },
};

export type WorldContract = typeof worldContract;
export type SessionEvent = z.infer<typeof sessionEventSchema>;
export type WorldDomain = z.infer<typeof domainDescriptionSchema>;
export type WorldMigrationSettings = z.infer<typeof migrationSettingsSchema>;
export type WorldQuestion = z.infer<typeof questionSchema>;
export type WorldAnswer = z.infer<typeof answerSchema>;
export type WorldGuestColumns = z.infer<typeof guestColumnsSchema>;
export type WorldRoster = z.infer<typeof rosterSchema>;
/** One row of it with its numbers. */
export type WorldDomainCounters = WorldRoster[number] & {
  readonly [Column in keyof WorldGuestColumns]: number;
};
export type WorldHostCounters = z.infer<typeof hostCountersSchema>;
