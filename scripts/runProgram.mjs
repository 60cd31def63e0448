import { spawn } from 'node:child_process';

/**
 * Runs a program to its end with a deadline, keeping what it prints.
 * @param {string} program  @param {readonly string[]} words
 * @param {{ deadlineMs: number, env?: NodeJS.ProcessEnv, cwd?: string, passOutput?: boolean }} options `passOutput` shows its output on standard error as well
 * @returns {Promise<{ ok: boolean, output: string, errors: string, why: string }>} `why` is empty when it exited with 0
 */
export async function runProgram(program, words, { deadlineMs, env = process.env, cwd, passOutput = false }) {
  return await new Promise((resolve) => {
    const child = spawn(program, words, {
      env,
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // npm is a command script on Windows, which only a shell can start.
      shell: process.platform === 'win32' && program === 'npm',
    });
    let output = '';
    let errors = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, deadlineMs);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (passOutput) process.stderr.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
      if (passOutput) process.stderr.write(text);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ ok: false, output, errors, why: `${program} could not be started (${error.message})` });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const why = timedOut
        ? `${program} did not finish within ${Math.round(deadlineMs / 1000)} s`
        : code === 0
          ? ''
          : `${program} ended with ${signal ?? `exit code ${code}`}`;
      resolve({ ok: why === '', output, errors, why });
    });
  });
}
