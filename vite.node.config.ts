import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import packageJson from './package.json' with { type: 'json' };

/** Name under `outDir` (without .js) of each program that Node or Electron starts, and its source. */
export const nodeEntries: Readonly<Record<string, string>> = {
  'main/main': 'electron/main/main.ts',
  'node/backend': 'electron/main/backendProcess.ts',
  'node/drover': 'electron/cli/drover.ts',
  'node/world': 'world/world.ts',
};

const packaged = new Set(Object.keys(packageJson.dependencies));

/** What an installed Drover finds at run time: Node, Electron and the packages in `dependencies`. All else is bundled. */
function isExternal(id: string): boolean {
  if (id === 'electron' || id.startsWith('node:') || builtinModules.includes(id)) return true;
  const name = id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');
  return packaged.has(name);
}

export default defineConfig({
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'out',
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(
        Object.entries(nodeEntries).filter(([, source]) => existsSync(resolve(import.meta.dirname, source))),
      ),
      external: isExternal,
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        // Beside the entries: what finds its neighbours by import.meta.url finds them wherever it ends up.
        chunkFileNames: 'node/[name]-[hash].js',
        banner: (chunk) => (chunk.name === 'node/drover' ? '#!/usr/bin/env node' : ''),
      },
    },
  },
  ssr: { noExternal: true, target: 'node' },
  define: { 'import.meta.vitest': 'undefined' },
});
