import { buildOrExit } from './build.mjs';
import { runCommand } from './runCommand.mjs';

// `npm run -s drover -- WORDS`: the command, built first if a source changed. Standard output is the command's alone.
const words = process.argv.slice(2);
// Only the browser mode shows a page.
const parts = words.includes('serve') ? ['node', 'renderer'] : ['node'];
await buildOrExit({ log: (line) => console.error(line), only: parts });
await runCommand(words);
