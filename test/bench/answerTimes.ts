import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export interface AnswerTimes {
  readonly transport: Duplex;
  /**
   * Milliseconds from the first byte asked to the last byte answered (the host's own), and from then until the answer
   * was ready for use (decoding). One question at a time.
   */
  time(ask: () => Promise<unknown>): Promise<{ readonly ownMs: number; readonly decodingMs: number }>;
}

/** A socket that notes when bytes pass. */
export function answerTimes(socket: Socket): AnswerTimes {
  let asked: number | undefined;
  let answered = 0;
  const transport = new Duplex({
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      asked ??= performance.now();
      socket.write(chunk, done);
    },
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => {
    answered = performance.now();
    if (!transport.push(chunk)) socket.pause();
  });
  socket.on('end', () => transport.push(null));
  socket.on('error', (error) => transport.destroy(error));
  return {
    transport,
    async time(ask) {
      asked = undefined;
      await ask();
      return { ownMs: answered - (asked ?? answered), decodingMs: performance.now() - answered };
    },
  };
}
