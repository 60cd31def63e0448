import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { pageNoncePlaceholder } from './shared/contract/pageSecurity.ts';

export default defineConfig({
  root: resolve(import.meta.dirname, 'renderer'),
  // Absolute, so that a page reloaded at a deep path still finds its scripts, under app:// and http:// alike.
  base: '/',
  plugins: [react()],
  html: { cspNonce: pageNoncePlaceholder },
  build: {
    // Chromium 130 is the oldest Electron that Drover is run on.
    target: 'chrome130',
    outDir: resolve(import.meta.dirname, 'out/renderer'),
    emptyOutDir: true,
    sourcemap: true,
    // Under `connect-src 'self'; img-src 'self' data:` fonts must be files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2500,
  },
});
