import { DroverError } from '#shared/contract/errors.ts';

// The failures of a connection, as opposed to what libvirt answers (libvirtError.ts).

/** What became of a call on its way: the host never saw it, or may be carrying it out now. */
export type CallProgress = 'waiting' | 'sent';

function asking(host: string, procedure: string): string {
  return `Ask libvirt on ${host} (${procedure})`;
}

function details(procedure: string, progress: CallProgress) {
  return { procedure, sent: progress === 'sent' };
}

export function timedOut(
  host: string,
  procedure: string,
  deadlineMs: number,
  progress: CallProgress,
): DroverError {
  const cause =
    progress === 'sent'
      ? `no answer within ${deadlineMs} ms; the host may still be carrying it out`
      : `it waited ${deadlineMs} ms behind unanswered calls and was not sent`;
  return new DroverError({
    code: 'timed-out',
    tried: asking(host, procedure),
    cause,
    next: 'Check whether libvirt on that host is busy or stuck, and try again',
    details: { ...details(procedure, progress), deadlineMs },
  });
}

export function cancelled(
  host: string,
  procedure: string,
  progress: CallProgress,
  source: unknown,
): DroverError {
  return new DroverError({
    code: 'cancelled',
    tried: asking(host, procedure),
    cause:
      progress === 'sent'
        ? 'it was cancelled here after it was sent; the host may still carry it out'
        : 'it was cancelled before it was sent',
    details: details(procedure, progress),
    source,
  });
}

/** A call that the closing of its connection cut off. Carries the code of what closed it. */
export function cutOff(
  host: string,
  procedure: string,
  progress: CallProgress,
  reason: DroverError,
): DroverError {
  const outcome = progress === 'sent' ? 'Whether the host carried it out is not known.' : 'It was not sent.';
  return new DroverError({
    code: reason.code,
    tried: asking(host, procedure),
    cause: `the connection was closed before the answer came. ${outcome} Reason: ${reason.message}`,
    details: details(procedure, progress),
    source: reason,
  });
}

/** An argument that the protocol cannot carry. Nothing was sent; the connection goes on. */
export function unsendable(host: string, procedure: string, cause: string): DroverError {
  return new DroverError({
    code: 'input-unusable',
    tried: asking(host, procedure),
    cause: `its arguments cannot be sent: ${cause}`,
    next: 'Correct the value and try again',
    details: { procedure },
  });
}

/** Nothing received after this can be trusted, so the connection is closed. */
export function protocolBroken(host: string, cause: string): DroverError {
  return new DroverError({
    code: 'protocol-broken',
    tried: `Talk to libvirt on ${host}`,
    cause: `what came back is not libvirt's protocol: ${cause}`,
    next: 'Check that the socket there is really libvirtd or virtqemud, then reconnect',
  });
}

export function connectionLost(host: string, cause: string, source?: unknown): DroverError {
  return new DroverError({
    code: 'connection-lost',
    tried: `Stay connected to libvirt on ${host}`,
    cause,
    next: 'Check the network and that libvirt still runs there; Drover can then reconnect',
    source,
  });
}

export function closedHere(host: string): DroverError {
  return new DroverError({
    code: 'connection-lost',
    tried: `Stay connected to libvirt on ${host}`,
    cause: 'Drover closed this connection',
  });
}
