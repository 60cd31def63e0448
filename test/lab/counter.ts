import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { LabError } from './labError.ts';

/** What a guest says of itself: one count per 10 ms of guest time, guest milliseconds since boot, a mark of this boot. */
export interface CounterReading {
  readonly counter: number;
  readonly millis: number;
  readonly boot: string;
  readonly rest: string;
}

interface Endpoint {
  readonly name: string;
  readonly address: string;
  readonly counterPort: number;
  readonly echoPort: number;
}

function parseReading(line: string): CounterReading | undefined {
  const [, counter, millis, boot = '', rest = ''] = /^(\d+) (\d+) ([0-9a-f]{8})(?: (.*))?$/s.exec(line) ?? [];
  return counter === undefined ? undefined : { counter: Number(counter), millis: Number(millis), boot, rest };
}

/** Sends one datagram to the guest's echo port; undefined when no answer came within `deadlineMs`. */
export function askGuest(
  guest: Endpoint,
  payload = '',
  deadlineMs = 500,
): Promise<CounterReading | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (reading: CounterReading | undefined): void => {
      clearTimeout(timer);
      socket.close();
      resolve(reading);
    };
    const timer = setTimeout(() => end(undefined), deadlineMs);
    socket.once('message', (message) => end(parseReading(message.toString())));
    socket.once('error', () => end(undefined));
    socket.send(payload, guest.echoPort, guest.address, (error) => error && end(undefined));
  });
}

export interface Observation {
  /** Lines received, and the counter of the first and the last. */
  readonly lines: number;
  readonly first: number;
  readonly last: number;
  /** The longest time without a line, as seen here, in milliseconds; lines are due every 10 ms. */
  readonly longestSilenceMs: number;
  /** False once the stream has ended by itself. */
  readonly connected: boolean;
  /** Whether the counter only ever grew and the guest never booted again. */
  readonly unbroken: boolean;
}

export interface Observer {
  readonly observation: () => Observation;
  /** Forgets the silences so far, so that the next observation tells of what came after. */
  readonly reset: () => void;
  /** Ends the stream and returns what was seen until then. */
  readonly stop: () => Observation;
}

/** Watches the guest's counter over one TCP connection, from outside; resolves with the first line. */
export function watchCounter(guest: Endpoint, deadlineMs = 10_000): Promise<Observer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: guest.address, port: guest.counterPort });
    const failed = (why: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(
        new LabError(
          `The counter of ${guest.name} at ${guest.address}:${guest.counterPort} cannot be watched: ${why}.`,
        ),
      );
    };
    const timer = setTimeout(() => failed(`no line within ${deadlineMs} ms`), deadlineMs);
    let lines = 0;
    let first = 0;
    let last = -1;
    let boot = '';
    let unbroken = true;
    let connected = true;
    let longestSilenceMs = 0;
    let latest = 0;
    const silence = (): number => Math.max(longestSilenceMs, performance.now() - latest);
    const observation = (): Observation => ({
      lines,
      first,
      last,
      longestSilenceMs: silence(),
      connected,
      unbroken,
    });
    const observer: Observer = {
      observation,
      reset: () => {
        longestSilenceMs = 0;
        latest = performance.now();
      },
      stop: () => {
        const seen = observation();
        socket.destroy();
        return seen;
      },
    };
    socket.on('error', (error) => {
      connected = false;
      if (lines === 0) failed(error.message);
    });
    socket.on('close', () => (connected = false));
    const reader = createInterface({ input: socket });
    // It repeats the socket's errors, which were dealt with above; unheard they would end the process.
    reader.on('error', () => undefined);
    reader.on('line', (line) => {
      const reading = parseReading(line);
      if (!reading) {
        unbroken = false;
        return;
      }
      const now = performance.now();
      if (lines++ === 0) {
        clearTimeout(timer);
        first = reading.counter;
        boot = reading.boot;
        latest = now;
        resolve(observer);
      }
      if (reading.counter <= last || reading.boot !== boot) unbroken = false;
      longestSilenceMs = Math.max(longestSilenceMs, now - latest);
      latest = now;
      last = reading.counter;
    });
  });
}
