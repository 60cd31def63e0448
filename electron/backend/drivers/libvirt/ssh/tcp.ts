import { connect, type Socket } from 'node:net';
import { DroverError } from '#shared/contract/errors.ts';
import { formatHostAndPort } from '#shared/model/sshAddress.ts';
import { cancelledError, formatSeconds } from './deadline.ts';
import { formatCause, systemCode } from './tellCause.ts';

/** One address after another gets this long: longer than the default 250 ms, which a slow link would exceed. */
const ATTEMPT_MS = 3_000;

/** A TCP connection, without delay of small packets; every failure says whether name, way or port was at fault. */
export function openTcp(
  host: string,
  port: number,
  deadlineMs: number,
  tried: string,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelledError(tried));
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
    });
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('connect', onConnect);
      socket.removeListener('error', onError);
    };
    const fail = (error: DroverError): void => {
      settle();
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    };
    const onConnect = (): void => {
      settle();
      resolve(socket);
    };
    const onError = (error: unknown): void => fail(connectFailure(error, host, port, tried));
    const onAbort = (): void => fail(cancelledError(tried));
    const timer = setTimeout(() => fail(noAnswer(host, port, deadlineMs, tried)), deadlineMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', onConnect);
    socket.once('error', onError);
  });
}

function noAnswer(host: string, port: number, deadlineMs: number, tried: string): DroverError {
  return new DroverError({
    code: 'timed-out',
    tried,
    cause: `${formatHostAndPort(host, port)} did not answer within ${formatSeconds(deadlineMs)}`,
    next: 'Check that the host is switched on, that the address is right and that no firewall drops the connection',
    details: { host, port, deadlineMs },
  });
}

function connectFailure(error: unknown, host: string, port: number, tried: string): DroverError {
  const place = formatHostAndPort(host, port);
  const details = { host, port };
  switch (systemCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
    case 'EAI_FAIL':
      return new DroverError({
        code: 'name-not-resolved',
        tried,
        cause: `no address was found for the name "${host}"`,
        next: 'Check the spelling, or use the IP address',
        details,
        source: error,
      });
    case 'ECONNREFUSED':
      return new DroverError({
        code: 'connection-refused',
        tried,
        cause: `the host answers, but nothing listens on ${place}`,
        next: 'Check the port, and that sshd runs there',
        details,
        source: error,
      });
    case 'ETIMEDOUT':
      return new DroverError({
        code: 'timed-out',
        tried,
        cause: `${place} did not answer`,
        next: 'Check that the host is switched on, that the address is right and that no firewall drops the connection',
        details,
        source: error,
      });
    case 'ECONNRESET':
      return new DroverError({
        code: 'connection-lost',
        tried,
        cause: `${place} cut the connection off at once`,
        next: 'Check whether a firewall or sshd there turns this workstation away',
        details,
        source: error,
      });
    default:
      return new DroverError({
        code: 'host-unreachable',
        tried,
        cause: `there is no way to ${place} (${formatCause(error)})`,
        next: 'Check the address and the network of this workstation',
        details,
        source: error,
      });
  }
}
