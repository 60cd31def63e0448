import { safeStorage } from 'electron';
import ElectronStore from 'electron-store';
import { z } from 'zod';
import { canKeepSecrets, keptSecrets, type SecretStore, sessionSecrets } from './secretKeeping.ts';

const shelfSchema = z.record(z.string(), z.string());

/** `secrets.json` in `folder`, ciphertext only. Call when the app is ready; before, the key store does not answer. */
export function openSecrets(folder: string): SecretStore {
  if (!canKeepSecrets(safeStorage, process.platform)) return sessionSecrets();
  const file = new ElectronStore<Record<string, string>>({
    name: 'secrets',
    cwd: folder,
    accessPropertiesByDotNotation: false,
    configFileMode: 0o600,
    // Ciphertext that cannot be read is of no use to anybody: the operator is asked again.
    clearInvalidConfig: true,
  });
  return keptSecrets(safeStorage, {
    read: () => shelfSchema.safeParse(file.store).data ?? {},
    write: (name, cipher) => file.set(name, cipher),
    remove: (name) => file.delete(name),
  });
}
