/** ssh2 says here what this runtime's crypto supports (Electron's differs from Node's); it has no public way to ask. */
declare module 'ssh2/lib/protocol/constants.js' {
  const constants: {
    readonly DEFAULT_SERVER_HOST_KEY: readonly string[];
  };
  export default constants;
}
