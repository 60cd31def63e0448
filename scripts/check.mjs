// Types, lint (walls included), format and dead code, side by side. Exit 1 where any of them finds something.
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const checks = [
  { name: 'types: shared', command: ['tsc', '-p', 'tsconfig.shared.json'] },
  { name: 'types: electron, world, test', command: ['tsc', '-p', 'tsconfig.node.json'] },
  { name: 'types: preload', command: ['tsc', '-p', 'tsconfig.preload.json'] },
  { name: 'types: renderer', command: ['tsc', '-p', 'tsconfig.renderer.json'] },
  { name: 'lint and walls', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', command: ['biome', 'ci', '--linter-enabled=false', '.'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
];

function run(command) {
  return new Promise((resolve) => {
    const [program, ...words] = command;
    const child = spawn(process.execPath, [`node_modules/.bin/${program}`, ...words].filter(Boolean), {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('close', (code) => resolve({ ok: code === 0, text }));
  });
}

/** @returns {Promise<{ passed: number, failed: readonly { name: string, text: string }[] }>} */
export async function check(wanted = checks) {
  let passed = 0;
  const failed = [];
  const queue = [...wanted];
  await Promise.all(
    [0, 1].map(async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { ok, text } = await run(next.command);
        console.log(`${ok ? 'ok    ' : 'FAILED'} ${next.name}`);
        if (!ok) console.log(text);
        if (ok) passed += 1;
        else failed.push({ name: next.name, text });
      }
    }),
  );
  return { passed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { failed } = await check();
  process.exitCode = failed.length === 0 ? 0 : 1;
}
