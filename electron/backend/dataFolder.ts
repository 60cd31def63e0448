import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Drover keeps its data unless `--data` says otherwise; the same for the desktop app, the server and the command. */
export function defaultDataFolder(
  platform: NodeJS.Platform = process.platform,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  const chosen = environment['DROVER_DATA'];
  if (chosen !== undefined && chosen !== '') return chosen;
  switch (platform) {
    case 'win32':
      return join(environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Drover');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Drover');
    default:
      return join(environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'drover');
  }
}
