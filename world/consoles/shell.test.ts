import { describe, expect, it } from 'vitest';
import { loginText, type Shell, type ShellFacts, typed } from './shell.ts';
import { emptyScreen, screenSize, write } from './textScreen.ts';

const facts: ShellFacts = {
  hostname: 'web-01',
  system: 'Debian 12',
  tty: 'ttyS0',
  now: Date.UTC(2026, 0, 5, 10),
  bootedAt: Date.UTC(2026, 0, 3, 8, 55),
  vcpus: 2,
  memoryMiB: 2048,
};
const atPrompt: Shell = { stage: 'prompt', line: '' };
const outputOf = (text: string) => typed(atPrompt, text, facts).output;

describe('the line to a simulated guest', () => {
  it('lets any name in, echoes what is typed, and says that it is simulated', () => {
    expect(loginText(facts)).toContain('simulated');
    const { shell, output } = typed({ stage: 'login', line: '' }, 'op\r', facts);
    expect(shell).toEqual(atPrompt);
    expect(output).toMatch(/^op\r\nWelcome .*simulated.*\r\nroot@web-01:~# $/);
    expect(typed({ stage: 'login', line: '' }, '\r', facts).shell.stage).toBe('login');
  });

  it.each([
    ['hostname', 'web-01'],
    ['uptime', 'up 2 days, 1:05, 1 user'],
    ['uname', 'Linux'],
    ['tty', '/dev/ttyS0'],
    ['nproc', '2'],
    ['echo a "b"', 'a b'],
    ['sl', 'sl: command not found'],
  ])('answers %s', (command, answer) => {
    expect(outputOf(`${command}\r`)).toBe(`${command}\r\n${answer}\r\nroot@web-01:~# `);
  });

  it('takes back, gives up and clears, and ignores keys that mean nothing', () => {
    expect(typed(atPrompt, 'ax\u007fb', facts)).toEqual({
      shell: { stage: 'prompt', line: 'ab' },
      output: 'ax\b \bb',
    });
    expect(outputOf('\u007f')).toBe('');
    expect(outputOf('abc\u0003')).toContain('^C\r\nroot@');
    expect(outputOf('\u001b[A\u001bOP\u001b[15~')).toBe('');
    expect(outputOf('clear\r')).toContain('\f');
  });

  it('logs out, and powers off and reboots its guest', () => {
    expect(typed(atPrompt, '\u0004', facts).shell.stage).toBe('login');
    expect(typed(atPrompt, 'exit\r', facts).output).toContain('web-01 login: ');
    expect(typed(atPrompt, 'poweroff\r', facts).power).toBe('shutting-down');
    expect(typed(atPrompt, 'reboot\r', facts).power).toBe('rebooting');
  });

  it('says nothing while it boots', () => {
    expect(typed({ stage: 'booting', line: '' }, 'root\r', facts).output).toBe('');
  });
});

describe('a text screen', () => {
  it('puts text where the cursor is', () => {
    const screen = write(write(emptyScreen, 'ab\r\ncd'), '\b\rX\b \b');
    expect(screen).toEqual({ rows: ['ab', ' d'], column: 0, row: 1 });
  });

  it('goes on in the next line, and scrolls at the end', () => {
    const long = write(emptyScreen, 'x'.repeat(screenSize.columns + 1));
    expect(long.rows.map((row) => row.length)).toEqual([screenSize.columns, 1]);
    const scrolled = write(
      emptyScreen,
      Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\r\n'),
    );
    expect(scrolled.rows).toHaveLength(screenSize.rows);
    expect(scrolled.rows.at(-1)).toBe('line 29');
    expect(write(scrolled, '\f')).toEqual(emptyScreen);
  });
});
