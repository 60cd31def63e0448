import { connect, createServer, type Socket } from 'node:net';
import { LabError } from './labError.ts';

/**
 * A port on loopback that leads to another one with a distance in between: what arrives is handed on `delayMs` later,
 * each way. It can also break: `lose` resets all connections, `freeze` goes silent without a word, as a dead
 * network does. (No netem is needed, which not every kernel has.)
 */
export interface Distance {
  readonly port: number;
  readonly setDelay: (delayMs: number) => void;
  readonly lose: () => void;
  readonly freeze: () => void;
  /** Hands on all that was held back. */
  readonly thaw: () => void;
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** @param delayMs one way, so that a round trip takes twice as long */
export function startDistance(
  to: { readonly host: string; readonly port: number },
  delayMs = 0,
): Promise<Distance> {
  let delay = delayMs;
  let frozen = false;
  let held: (() => void)[] = [];
  const sockets = new Set<Socket>();
  const pass = (from: Socket, into: Socket): void => {
    // Each direction keeps its order even when the delay is shortened while something is under way.
    let last = Promise.resolve();
    const later = (act: () => void): void => {
      const ripe = new Promise<void>((resolve) => setTimeout(resolve, delay));
      last = Promise.all([last, ripe]).then(() => {
        if (!frozen) return act();
        held.push(act);
      });
    };
    from.on('data', (chunk) => later(() => into.write(chunk)));
    from.on('end', () => later(() => into.end()));
    from.on('error', () => later(() => into.destroy()));
    from.on('close', () => sockets.delete(from));
    from.setNoDelay(true);
    sockets.add(from);
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...to, allowHalfOpen: true });
    pass(near, far);
    pass(far, near);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        return reject(new LabError('Loopback gave no port for a distance.'));
      resolve({
        port: address.port,
        setDelay: (next) => (delay = next),
        lose: () => sockets.forEach((socket) => socket.resetAndDestroy()),
        freeze: () => (frozen = true),
        thaw: () => {
          frozen = false;
          const waiting = held;
          held = [];
          for (const act of waiting) act();
        },
        connections: () => sockets.size / 2,
        stop: () =>
          new Promise((done) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => done());
          }),
      });
    });
  });
}
