import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const servedSchema = z.object({ address: z.string(), port: z.number() });

export interface Served {
  readonly address: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** `drover serve` as an operator starts it, on a data folder of its own. */
export async function serve(dataFolder: string): Promise<Served> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['out/node/drover.js', 'serve', '--data', dataFolder, '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { stdout } = child;
  if (stdout === null) throw new Error('drover serve has no standard output');
  const [line] = await once(createInterface({ input: stdout }), 'line');
  return {
    ...servedSchema.parse(JSON.parse(String(line))),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
