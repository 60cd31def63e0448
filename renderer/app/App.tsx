import type { EmotionCache } from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { ThemeProvider, useColorScheme } from '@mui/material/styles';
import { type ReactNode, useEffect, useLayoutEffect } from 'react';
import { Router } from 'wouter';
import { SessionContext } from '../transport/hooks.ts';
import type { Session } from '../transport/session.ts';
import { useHashLocation } from '../ui/hashLocation.ts';
import { followPreferences, usePreferences } from './preferences.ts';
import { Shell } from './Shell.tsx';
import { theme } from './theme.ts';

const addresses = { hook: useHashLocation };

/** The whole page around one session; what the tests draw is what the app draws. */
export function App({ session, cache }: { readonly session: Session; readonly cache: EmotionCache }) {
  return (
    <CacheProvider value={cache}>
      <ThemeProvider theme={theme} defaultMode="system" storageManager={null} noSsr>
        <PreferredTheme>
          <SessionContext value={session}>
            <Router {...addresses}>
              <Shell />
            </Router>
          </SessionContext>
        </PreferredTheme>
      </ThemeProvider>
    </CacheProvider>
  );
}

function PreferredTheme({ children }: { readonly children: ReactNode }) {
  const preferred = usePreferences((preferences) => preferences.theme);
  const { setMode, colorScheme } = useColorScheme();
  useLayoutEffect(standStill, [colorScheme]);
  useEffect(followPreferences, []);
  useEffect(() => setMode(preferred), [preferred, setMode]);
  return children;
}

const settlingMs = 100;

/**
 * One theme gives way to the other at once, not each colour by itself. MUI's own way is a style element without a nonce,
 * which our policy forbids.
 */
function standStill(): () => void {
  const root = document.documentElement;
  root.dataset['settling'] = '';
  const end = (): void => {
    delete root.dataset['settling'];
  };
  const timer = setTimeout(end, settlingMs);
  return () => {
    clearTimeout(timer);
    end();
  };
}
