import { openSession, type Session } from '../transport/session.ts';
import { systemTimers } from '../transport/timers.ts';
import { createFakeBackend, type FakeBackend } from './fakeBackend.ts';
import { stage } from './fakeScenes.ts';

declare global {
  interface Window {
    /** The scripted backend of a development page, for its console and for taking pictures. */
    fakeBackend?: FakeBackend;
  }
}

const tickMs = 500;

/**
 * The page over a scripted cluster: `?fake` as it is, `?fake=empty` before the first host,
 * `?fake=simulated` with a simulated cluster only, `&scene=NAME` for a special
 * moment, `&many=10000` with so many VMs instead, `&still` with time standing still.
 */
export function openFakeSession(query: URLSearchParams): Session {
  const backend = createFakeBackend({
    now: Date.now(),
    empty: query.get('fake') !== '',
    simulated: query.get('fake') === 'simulated',
    many: Number(query.get('many') ?? 0),
  });
  window.fakeBackend = backend;
  const scene = query.get('scene');
  if (scene !== null) stage(backend.world, scene);
  const session = openSession(backend.wire, systemTimers);
  if (query.has('still')) return session;
  const timer = setInterval(() => backend.world.advance(tickMs), tickMs);
  return {
    ...session,
    stop() {
      clearInterval(timer);
      session.stop();
    },
  };
}
