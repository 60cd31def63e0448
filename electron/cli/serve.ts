import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DroverError } from '#shared/contract/errors.ts';
import { startBackend } from '../backend/backend.ts';
import { findOwner } from '../backend/owner/owner.ts';
import { startBrowserServer } from '../server/server.ts';
import type { Output } from './output.ts';
import { openSession, thisRequester } from './session.ts';

export type Serve = (port: number) => Promise<void>;

/** Serves until it is interrupted. Where a server has the data folder already, prints a fresh address of that one. */
export async function serve(
  dataFolder: string,
  port: number,
  output: Output,
  stopped: Promise<void>,
): Promise<void> {
  if ((await findOwner(dataFolder)) !== undefined) {
    await printFreshAddress(dataFolder, output);
    return;
  }
  const pageFolder = fileURLToPath(new URL('../renderer', import.meta.url));
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new DroverError({
      code: 'not-found',
      tried: 'Serve the console',
      cause: `its built page is not in ${pageFolder}`,
      next: 'Run "npm run build" first',
    });
  }
  const backend = await startBackend({ dataFolder, mode: 'server' });
  try {
    const requester = { ...thisRequester(), via: 'browser' as const };
    const server = await startBrowserServer({
      port,
      pageFolder,
      accept: (socket) => backend.acceptSocket(socket, requester),
      now: Date.now,
    });
    backend.offerAddress(() => server.newAddress());
    const address = server.newAddress();
    output.result(
      { address, port: server.port, dataFolder },
      [
        `Drover's console is at ${address}`,
        'The address opens once, in a browser on this machine. "drover serve" prints another. Ctrl-C ends the server.',
      ].join('\n'),
    );
    await stopped;
    await server.close();
  } finally {
    await backend.stop();
  }
}

async function printFreshAddress(dataFolder: string, output: Output): Promise<void> {
  const session = await openSession(dataFolder);
  try {
    const { address } = await session.client.system.newAddress();
    output.result({ address, dataFolder }, `Drover's console is already served. A fresh address: ${address}`);
  } finally {
    await session.close();
  }
}
