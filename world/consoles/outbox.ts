import { ReaderStream } from '../sessions/readerStream.ts';

const mostBytes = 4 * 1024 * 1024;
const pieceBytes = 48 * 1024;

/** What a console shows, for its one reader: without a gap, so one that lags too far has lost it. */
export const openOutbox = (): ReaderStream<Buffer> =>
  new ReaderStream({
    most: mostBytes,
    sizeOf: (bytes) => bytes.length,
    laggard: { isTold: 'the reader of a console lagged too far behind' },
    take: (waiting) => inPieces(Buffer.concat(waiting.splice(0))),
  });

function inPieces(bytes: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  return pieces;
}
