import { createSecretMemory, type SecretKey, type SecretMemory } from '../backend/drivers/libvirt/ssh/ssh.ts';
import type { FromBackend } from './backendMessages.ts';

/** The backend's memory of secrets, filled with what the shell keeps; what changes in it is told to the shell. */
export function shelvedSecrets(
  known: Readonly<Record<string, string>>,
  tell: (message: FromBackend) => void,
): SecretMemory {
  const memory = createSecretMemory();
  for (const [name, secret] of Object.entries(known)) {
    if (isSecretKey(name)) memory.remember(name, secret);
  }
  return {
    recall: (key) => memory.recall(key),
    remember(key, secret) {
      if (memory.recall(key) === secret) return;
      memory.remember(key, secret);
      tell({ type: 'remember', name: key, secret });
    },
    forget(key) {
      memory.forget(key);
      tell({ type: 'forget', name: key });
    },
    clear: () => memory.clear(),
  };
}

function isSecretKey(name: string): name is SecretKey {
  return name.startsWith('password:') || name.startsWith('passphrase:');
}
