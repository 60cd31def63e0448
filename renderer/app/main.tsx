import './jitless.ts';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './app.css';
import createCache from '@emotion/cache';
import { createRoot } from 'react-dom/client';
import { desktopWire } from '../transport/desktopWire.ts';
import { openSession, type Session } from '../transport/session.ts';
import { systemTimers } from '../transport/timers.ts';
import { webSocketWire } from '../transport/webSocketWire.ts';
import type { Wire } from '../transport/wire.ts';
import { App } from './App.tsx';

function backendWire(): Wire {
  if (window.drover !== undefined) return desktopWire(window, window.drover, systemTimers);
  return webSocketWire({
    origin: location.origin,
    open: (address) => new WebSocket(address),
    pageStatus: () =>
      fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
        (response) => response.status,
        () => undefined,
      ),
    timers: systemTimers,
  });
}

async function beginSession(): Promise<Session> {
  // A scripted cluster to develop the page with: `npx vite --config vite.renderer.config.ts`, then /?fake. Built pages
  // do not contain it.
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('fake')) {
    const { openFakeSession } = await import('../testing/fakeSession.ts');
    return openFakeSession(new URLSearchParams(location.search));
  }
  return openSession(backendWire(), systemTimers);
}

function draw(session: Session): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no element #root');
  addEventListener('pagehide', () => session.stop());
  const cache = createCache({ key: 'drover', ...(nonce === undefined ? {} : { nonce }) });
  createRoot(root).render(<App session={session} cache={cache} />);
}

void beginSession().then(draw);
