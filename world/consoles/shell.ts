/** One line to a guest's operating system, as far as a simulated one has any: a login, and a few commands. */
export interface Shell {
  readonly stage: 'booting' | 'login' | 'prompt';
  /** What was typed of the present line. */
  readonly line: string;
}

/** What commands tell; times in milliseconds, simulated. */
export interface ShellFacts {
  readonly hostname: string;
  readonly system: string;
  readonly tty: string;
  readonly now: number;
  readonly bootedAt: number;
  readonly vcpus: number;
  readonly memoryMiB: number;
}

export interface ShellAnswer {
  readonly shell: Shell;
  readonly output: string;
  /** What the guest was told to do with itself. */
  readonly power?: 'shutting-down' | 'rebooting';
}

const longestLine = 200;

export function bootText({ hostname, system }: ShellFacts): string {
  return `Simulated guest ${hostname}: this console is Drover's simulator, not a machine.\r\nBooting ${system} ...\r\n`;
}

/** The guest has booted, or somebody has logged out. */
export function loginText({ hostname, system, tty }: ShellFacts): string {
  return `\r\n${system} ${hostname} ${tty} (simulated guest; any name logs in)\r\n\r\n${hostname} login: `;
}

/** Somebody types; what is not printable and means nothing here is ignored. */
export function typed(shell: Shell, input: string, facts: ShellFacts): ShellAnswer {
  let { stage, line } = shell;
  let output = '';
  for (const character of plain(input)) {
    if (stage === 'booting') break;
    if (character === '\r' || character === '\n') {
      output += '\r\n';
      const entered = line.trim();
      line = '';
      if (stage === 'login') {
        if (entered === '') output += `${facts.hostname} login: `;
        else {
          stage = 'prompt';
          output += `Welcome to ${facts.system} (simulated). "help" lists what this guest knows.\r\n${prompt(facts)}`;
        }
        continue;
      }
      const answer = run(entered, facts);
      output += answer.output;
      if (answer.power !== undefined) return { ...answer, shell: { stage, line }, output };
      if (answer.leaves) stage = 'login';
      output += answer.leaves ? loginText(facts) : prompt(facts);
    } else if (character === '\u007f' || character === '\b') {
      if (line !== '') output += '\b \b';
      line = line.slice(0, -1);
    } else if (character === '\u0003') {
      line = '';
      output += `^C\r\n${stage === 'login' ? `${facts.hostname} login: ` : prompt(facts)}`;
    } else if (character === '\u000c') {
      output += `\f${stage === 'login' ? `${facts.hostname} login: ` : prompt(facts)}${line}`;
    } else if (character === '\u0004' && line === '' && stage === 'prompt') {
      stage = 'login';
      output += `logout\r\n${loginText(facts)}`;
    } else if (character >= ' ' && character <= '~' && line.length < longestLine) {
      line += character;
      output += character;
    }
  }
  return { shell: { stage, line }, output };
}

/** Without the sequences that arrow and function keys send. */
function plain(input: string): string {
  // oxlint-disable-next-line no-control-regex -- that is how such a sequence begins
  return input.replaceAll(/\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/g, '');
}

function prompt({ hostname }: ShellFacts): string {
  return `root@${hostname}:~# `;
}

interface CommandAnswer {
  readonly output: string;
  readonly leaves?: true;
  readonly power?: 'shutting-down' | 'rebooting';
}

function run(entered: string, facts: ShellFacts): CommandAnswer {
  const [name = '', ...words] = entered.split(/\s+/);
  const lines = (...all: readonly string[]): CommandAnswer => ({
    output: all.map((line) => `${line}\r\n`).join(''),
  });
  switch (name) {
    case '':
      return { output: '' };
    case 'help':
      return lines('clear date echo free help hostname logout nproc poweroff reboot tty uname uptime whoami');
    case 'hostname':
      return lines(facts.hostname);
    case 'whoami':
      return lines('root');
    case 'tty':
      return lines(`/dev/${facts.tty}`);
    case 'nproc':
      return lines(String(facts.vcpus));
    case 'echo':
      return lines(words.join(' ').replaceAll('"', ''));
    case 'uname':
      return lines(
        words.includes('-a') ? `Linux ${facts.hostname} simulated x86_64 ${facts.system}` : 'Linux',
      );
    case 'date':
      return lines(new Date(facts.now).toUTCString());
    case 'uptime':
      return lines(`up ${duration(facts.now - facts.bootedAt)}, 1 user`);
    case 'free':
      return lines(`Mem: ${facts.memoryMiB} MiB total`);
    case 'clear':
      return { output: '\f' };
    case 'logout':
    case 'exit':
      return { output: '', leaves: true };
    case 'poweroff':
      return { ...lines('The system will power off now.'), power: 'shutting-down' };
    case 'reboot':
      return { ...lines('The system will reboot now.'), power: 'rebooting' };
    default:
      return lines(`${name}: command not found`);
  }
}

function duration(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const clock = `${hours}:${String(minutes % 60).padStart(2, '0')}`;
  return days === 0 ? clock : `${days} days, ${clock}`;
}
