// The Debian packages that the tests need: found missing, installed when this may be done, or named.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const lists = ['test/lab/packages.txt', 'test/e2e/packages.txt'];

function wanted() {
  const names = lists
    .filter((list) => existsSync(list))
    .flatMap((list) => readFileSync(list, 'utf8').split('\n'))
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((name) => name !== '');
  return [...new Set(names)];
}

function missingOf(names) {
  const asked = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], {
    encoding: 'utf8',
  });
  if (asked.error) return undefined;
  const installed = new Set(
    asked.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

/** @returns {{ ready: true } | { ready: false, reason: string }} */
export function provideParts() {
  const names = wanted();
  const missing = missingOf(names);
  if (missing === undefined) {
    return {
      ready: false,
      reason: 'this is not a Debian machine (there is no dpkg-query), and the lab needs one',
    };
  }
  if (missing.length === 0) return { ready: true };
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) return { ready: false, reason: `as root, run: ${command}` };
  console.log(`Installing ${missing.length} Debian packages that the tests need: ${missing.join(' ')}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: environment };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  const installed = spawnSync(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', ...missing],
    quiet,
  );
  return installed.status === 0
    ? { ready: true }
    : { ready: false, reason: `apt-get could not install them; run it yourself to see why: ${command}` };
}
