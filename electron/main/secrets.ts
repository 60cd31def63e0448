import { safeStorage } from 'electron';
import ElectronStore from 'electron-store';
import { z } from 'zod';

/**
 * Passwords and passphrases by name. `kept` says whether they outlive this run: only where the system's own key
 * store encrypts them. Nothing of a secret is ever in a message of these functions.
 */
export interface SecretStore {
  readonly lifetime: 'kept' | 'session';
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  delete(name: string): void;
}

/** As much of Electron's safeStorage as is used. */
export interface Encryption {
  isEncryptionAvailable(): boolean;
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(cipher: Buffer): string;
}

/** On Linux without a key ring Electron "encrypts" with a password that everyone can read in its source. */
export function canKeepSecrets(encryption: Encryption, platform: NodeJS.Platform): boolean {
  if (!encryption.isEncryptionAvailable()) return false;
  if (platform !== 'linux') return true;
  const backend = encryption.getSelectedStorageBackend?.() ?? 'unknown';
  return backend !== 'basic_text' && backend !== 'unknown';
}

/** Call when the app is ready; before, the key store does not answer. */
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
    read: (name) => z.string().safeParse(file.get(name)).data,
    write: (name, cipher) => file.set(name, cipher),
    remove: (name) => file.delete(name),
  });
}

export function sessionSecrets(): SecretStore {
  const values = new Map<string, string>();
  return {
    lifetime: 'session',
    get: (name) => values.get(name),
    set: (name, value) => void values.set(name, value),
    delete: (name) => void values.delete(name),
  };
}

/** Base64 of ciphertext by name. */
export interface CipherShelf {
  read(name: string): string | undefined;
  write(name: string, cipher: string): void;
  remove(name: string): void;
}

export function keptSecrets(encryption: Encryption, shelf: CipherShelf): SecretStore {
  return {
    lifetime: 'kept',
    get(name) {
      const cipher = shelf.read(name);
      if (cipher === undefined) return undefined;
      try {
        return encryption.decryptString(Buffer.from(cipher, 'base64'));
      } catch {
        // The key ring was made anew or belongs to another user: the operator is asked again.
        shelf.remove(name);
        return undefined;
      }
    },
    set: (name, value) => shelf.write(name, encryption.encryptString(value).toString('base64')),
    delete: (name) => shelf.remove(name),
  };
}
