/**
 * Secrets of this session, in memory only, so that a reconnect need not ask again. Nothing here is ever written,
 * logged or put in an error; printing or serialising the memory shows no secret.
 */
export interface SecretMemory {
  recall(key: SecretKey): string | undefined;
  remember(key: SecretKey, secret: string): void;
  forget(key: SecretKey): void;
  clear(): void;
}

export type SecretKey = `password:${string}` | `passphrase:${string}`;

export function createSecretMemory(): SecretMemory {
  // A closure rather than a field: neither inspect nor JSON can reach it.
  const secrets = new Map<SecretKey, string>();
  return {
    recall: (key) => secrets.get(key),
    remember: (key, secret) => void secrets.set(key, secret),
    forget: (key) => void secrets.delete(key),
    clear: () => secrets.clear(),
  };
}
