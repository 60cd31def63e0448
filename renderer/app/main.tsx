import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './app.css';
import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { z } from 'zod';
import { desktopWire } from '../transport/desktopWire.ts';
import { SessionContext } from '../transport/hooks.ts';
import { openSession } from '../transport/session.ts';
import { systemTimers } from '../transport/timers.ts';
import { webSocketWire } from '../transport/webSocketWire.ts';
import { useHashLocation } from '../ui/hashLocation.ts';
import { Shell } from './Shell.tsx';
import { theme } from './theme.ts';

// The page's policy forbids code made at run time, which zod would otherwise write for speed.
z.config({ jitless: true });

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
const cache = createCache({ key: 'drover', ...(nonce === undefined ? {} : { nonce }) });

const wire =
  window.drover === undefined
    ? webSocketWire({
        origin: location.origin,
        open: (address) => new WebSocket(address),
        pageStatus: () =>
          fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
            (response) => response.status,
            () => undefined,
          ),
        timers: systemTimers,
      })
    : desktopWire(window, window.drover, systemTimers);
const session = openSession(wire, systemTimers);
addEventListener('pagehide', () => session.stop());

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no root');
createRoot(root).render(
  <CacheProvider value={cache}>
    <ThemeProvider theme={theme} defaultMode="system">
      <CssBaseline />
      <SessionContext value={session}>
        <Router hook={useHashLocation}>
          <Shell />
        </Router>
      </SessionContext>
    </ThemeProvider>
  </CacheProvider>,
);
