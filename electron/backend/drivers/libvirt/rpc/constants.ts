// Numbers of libvirt's public headers (include/libvirt/libvirt-domain.h, src/libvirt_internal.h), under names of ours.

/** What `supports` asks for (VIR_DRV_FEATURE_...). */
export const features = {
  migrationV3: 6,
  migrateChangeProtection: 7,
  programKeepalive: 10,
  xmlMigratable: 11,
  migrationOffline: 12,
  migrationParams: 13,
  remoteEventCallback: 14,
} as const;

/** virDomainState. */
export const domainStates = {
  none: 0,
  running: 1,
  blocked: 2,
  paused: 3,
  shutdown: 4,
  shutoff: 5,
  crashed: 6,
  pmSuspended: 7,
} as const;

/** Reasons of `running` (virDomainRunningReason). */
export const runningReasons = {
  unknown: 0,
  booted: 1,
  migrated: 2,
  restored: 3,
  fromSnapshot: 4,
  unpaused: 5,
  migrationCancelled: 6,
  saveCancelled: 7,
  wakeup: 8,
  crashed: 9,
  postCopy: 10,
  postCopyFailed: 11,
} as const;

/** Reasons of `paused` (virDomainPausedReason). */
export const pausedReasons = {
  unknown: 0,
  user: 1,
  migration: 2,
  save: 3,
  dump: 4,
  ioError: 5,
  watchdog: 6,
  fromSnapshot: 7,
  shuttingDown: 8,
  snapshot: 9,
  crashed: 10,
  startingUp: 11,
  postCopy: 12,
  postCopyFailed: 13,
} as const;

/** Reasons of `shutoff` (virDomainShutoffReason). */
export const shutoffReasons = {
  unknown: 0,
  shutdown: 1,
  destroyed: 2,
  crashed: 3,
  migrated: 4,
  saved: 5,
  failed: 6,
  fromSnapshot: 7,
  daemon: 8,
} as const;

/** What a lifecycle event tells (virDomainEventType). */
export const lifecycleEvents = {
  defined: 0,
  undefined: 1,
  started: 2,
  suspended: 3,
  resumed: 4,
  stopped: 5,
  shutdown: 6,
  pmSuspended: 7,
  crashed: 8,
} as const;

/** Filters of connectListAllDomains (virConnectListAllDomainsFlags). */
export const listDomainsFlags = {
  active: 1,
  inactive: 2,
  persistent: 4,
  transient: 8,
  managedSave: 256,
  autostart: 1024,
  hasSnapshot: 4096,
} as const;

/** Groups of connectGetAllDomainStats (virDomainStatsTypes). */
export const domainStatsGroups = {
  state: 1,
  cpuTotal: 2,
  balloon: 4,
  vcpu: 8,
  interface: 16,
  block: 32,
  perf: 64,
  iothread: 128,
  memory: 256,
  dirtyRate: 512,
  vm: 1024,
} as const;

/** Flags of connectGetAllDomainStats: filters, and `noWait`, which leaves out what a busy domain would delay. */
export const domainStatsFlags = {
  active: 1,
  inactive: 2,
  noWait: 0x2000_0000,
  backing: 0x4000_0000,
  enforce: 0x8000_0000,
} as const;

/** Flags of domainGetXmlDesc (virDomainXMLFlags). */
export const xmlFlags = { secure: 1, inactive: 2, updateCpu: 4, migratable: 8 } as const;

/** Flags of domainUndefineFlags (virDomainUndefineFlagsValues). */
export const undefineFlags = {
  managedSave: 1,
  snapshotsMetadata: 2,
  nvram: 4,
  keepNvram: 8,
  checkpointsMetadata: 16,
} as const;

/** virDomainMigrateFlags. */
export const migrateFlags = {
  live: 1,
  peerToPeer: 2,
  tunnelled: 4,
  persistDestination: 8,
  undefineSource: 16,
  paused: 32,
  nonSharedDisk: 64,
  nonSharedIncremental: 128,
  changeProtection: 256,
  unsafe: 512,
  offline: 1024,
  compressed: 2048,
  abortOnError: 4096,
  autoConverge: 8192,
  postCopy: 32_768,
  tls: 65_536,
  parallel: 131_072,
  postCopyResume: 524_288,
} as const;

/** Flags of domainAbortJobFlags. */
export const abortJobFlags = { postCopy: 1 } as const;

/** virDomainJobType. */
export const jobTypes = {
  none: 0,
  bounded: 1,
  unbounded: 2,
  completed: 3,
  failed: 4,
  cancelled: 5,
} as const;

/** Flags of domainGetJobStats. */
export const jobStatsFlags = { completed: 1, keepCompleted: 2 } as const;

/** Tags of domainMemoryStats, in KiB but for the faults (counts) and `lastUpdate` (seconds since 1970). */
export const memoryStatTags = {
  swapIn: 0,
  swapOut: 1,
  majorFault: 2,
  minorFault: 3,
  unused: 4,
  available: 5,
  actualBalloon: 6,
  rss: 7,
  usable: 8,
  lastUpdate: 9,
  diskCaches: 10,
} as const;
