/** Passwords and passphrases by name. Nothing of a secret is ever in a message of these functions. */
export interface SecretStore {
  /** Those that can be read; the others are forgotten, and the operator is asked again. */
  readonly all: () => Readonly<Record<string, string>>;
  readonly remember: (name: string, secret: string) => void;
  readonly forget: (name: string) => void;
}

/** As much of Electron's safeStorage as is used. */
export interface Encryption {
  isEncryptionAvailable(): boolean;
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(cipher: Buffer): string;
}

/** Base64 of ciphertext by name. */
export interface CipherShelf {
  readonly read: () => Readonly<Record<string, string>>;
  readonly write: (name: string, cipher: string) => void;
  readonly remove: (name: string) => void;
}

/** On Linux without a key ring Electron "encrypts" with a password that everyone can read in its source. */
export function canKeepSecrets(encryption: Encryption, platform: NodeJS.Platform): boolean {
  if (!encryption.isEncryptionAvailable()) return false;
  if (platform !== 'linux') return true;
  const backend = encryption.getSelectedStorageBackend?.() ?? 'unknown';
  return backend !== 'basic_text' && backend !== 'unknown';
}

/** Until the app is closed: a backend that was started again need not ask. */
export function sessionSecrets(): SecretStore {
  const values = new Map<string, string>();
  return {
    all: () => Object.fromEntries(values),
    remember: (name, secret) => void values.set(name, secret),
    forget: (name) => void values.delete(name),
  };
}

/** Beyond the session, encrypted by the system's key store; what that refuses is kept until the app is closed. */
export function keptSecrets(
  encryption: Encryption,
  shelf: CipherShelf,
  complain: (text: string) => void = console.error,
): SecretStore {
  const session = sessionSecrets();
  return {
    all() {
      const readable: Record<string, string> = { ...session.all() };
      for (const [name, cipher] of Object.entries(shelf.read())) {
        try {
          readable[name] = encryption.decryptString(Buffer.from(cipher, 'base64'));
        } catch {
          // The key ring was made anew, or the file is another user's.
          shelf.remove(name);
        }
      }
      return readable;
    },
    remember(name, secret) {
      try {
        shelf.write(name, encryption.encryptString(secret).toString('base64'));
        session.forget(name);
      } catch (error) {
        session.remember(name, secret);
        complain(
          `Keep a secret in this system's key store: ${error instanceof Error ? error.message : String(error)}. It is kept in memory until Drover is closed.`,
        );
      }
    },
    forget(name) {
      session.forget(name);
      shelf.remove(name);
    },
  };
}
