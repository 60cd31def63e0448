import type { Command } from 'commander';
import { parsePort } from '../quantities.ts';
import type { Serve } from '../serve.ts';

export function serveCommand(program: Command, serve: Serve): void {
  program
    .command('serve')
    .description('the same console in a browser on this machine, for machines without a display')
    .option('--port <number>', 'on 127.0.0.1; any free one where left out', parsePort, 0)
    .action((options: { readonly port: number }) => serve(options.port));
}
