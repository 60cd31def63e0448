// Everything that can be called, by topic.
export * from './connection.ts';
export * from './devices.ts';
export * from './domains.ts';
export * from './events.ts';
export * from './lifecycle.ts';
export * from './migration.ts';
export * from './networks.ts';
export * from './node.ts';
export * from './storage.ts';
