import { toErrorData } from '#shared/contract/errors.ts';
import { readOptions, usage } from './server/arguments.ts';
import { startWorld } from './server/worldProcess.ts';

const wrongWords = new Set(['input-unusable', 'scenario-unknown', 'scenario-unusable', 'not-found']);
const exitCodes = { wrongWords: 2, folderBusy: 3, other: 1 } as const;

try {
  const options = readOptions(process.argv.slice(2), Date.now());
  if (options === undefined) console.log(usage);
  else {
    const running = await startWorld(options);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => running.end(false));
    await running.ended;
    process.exit(0);
  }
} catch (thrown) {
  const { code, message } = toErrorData(thrown);
  console.error(code === 'bug' ? thrown : message);
  process.exit(exitCodeOf(code));
}

function exitCodeOf(code: string): number {
  if (code === 'data-folder-busy') return exitCodes.folderBusy;
  return wrongWords.has(code) ? exitCodes.wrongWords : exitCodes.other;
}
