import type { Duplex } from 'node:stream';

/**
 * REMOTE_PROC_AUTH_LIST (66): a call without arguments that libvirt answers to anybody, as often as asked, and that
 * changes nothing. Length, program, version, procedure, type (call), serial, status (ok); see virnetprotocol.x.
 */
const AUTH_LIST_CALL = words(28, 0x2000_8086, 1, 66, 0, 0, 0);
const LENGTH_BYTES = 4;
const MAX_REPLY_BYTES = 4_096;

/**
 * Proves that libvirt itself is at the other end of a stream. A forwarded socket is confirmed by sshd, but a command
 * that should pass bytes on is only known to have started; this asks one question and reads exactly its answer.
 * @throws Error saying what came instead
 */
export async function proveLibvirt(stream: Duplex): Promise<void> {
  const reply = await readFrame(stream);
  const [, program, version, procedure, type, serial] = [0, 4, 8, 12, 16, 20].map((at) =>
    reply.readUInt32BE(at),
  );
  const isReply = program === 0x2000_8086 && version === 1 && procedure === 66 && type === 1 && serial === 0;
  if (!isReply) throw new Error('something answered that is not libvirt');
}

/**
 * Reads by `read`, not by 'data' and `pause`: a stream once paused stays so for whoever listens to its data next.
 */
function readFrame(stream: Duplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const stop = (): void => {
      stream.removeListener('readable', onReadable);
      stream.removeListener('end', onEnd);
      stream.removeListener('close', onEnd);
      stream.removeListener('error', fail);
    };
    const fail = (error: Error): void => {
      stop();
      reject(error);
    };
    const onEnd = (): void => fail(new Error('it ended without an answer'));
    const onReadable = (): void => {
      const chunk: unknown = stream.read();
      if (!Buffer.isBuffer(chunk)) return;
      received = Buffer.concat([received, chunk]);
      if (received.length < LENGTH_BYTES) return;
      const length = received.readUInt32BE(0);
      if (length < AUTH_LIST_CALL.length || length > MAX_REPLY_BYTES) {
        return fail(
          new Error(
            `it answered ${JSON.stringify(received.toString('latin1', 0, 60))}, which is not libvirt`,
          ),
        );
      }
      if (received.length < length) return;
      if (received.length > length) return fail(new Error('it said more than it was asked'));
      stop();
      resolve(received);
    };
    stream.on('readable', onReadable);
    stream.on('end', onEnd);
    stream.on('close', onEnd);
    stream.on('error', fail);
    stream.write(AUTH_LIST_CALL);
  });
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}
