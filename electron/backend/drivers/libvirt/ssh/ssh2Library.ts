import ssh2 from 'ssh2';

/** ssh2 is CommonJS, and Node finds only some of its exports by name; the types are imported from it directly. */
export const { BaseAgent, Client, createAgent, utils } = ssh2;
