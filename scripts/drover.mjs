import { build } from './build.mjs';
import { runCommand } from './runCommand.mjs';

// `npm run -s drover -- WORDS`: the command, built first if a source changed. Standard output is the command's alone.
await build({ log: (line) => console.error(line) });
await runCommand(process.argv.slice(2));
