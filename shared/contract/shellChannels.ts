/** The names on the wall between page, preload and main; nobody else speaks them. */
export const shellChannels = {
  hello: 'drover:hello',
  ready: 'drover:ready',
  port: 'drover:port',
  preferences: 'drover:preferences',
  preferencesChanged: 'drover:preferences-changed',
  backendState: 'drover:backend-state',
  backendRetry: 'drover:backend-retry',
  mainAction: 'drover:main-action',
  openConsole: 'drover:open-console',
  openExternal: 'drover:open-external',
} as const;
