import { describe, expect, it } from 'vitest';
import { canKeepSecrets, type Encryption, keptSecrets, sessionSecrets } from './secretKeeping.ts';

/** Writes the text in hexadecimal; refuses ciphertext that is not its own. */
function fakeEncryption(available = true, backend = 'gnome_libsecret'): Encryption {
  return {
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => backend,
    encryptString: (text) => Buffer.from(`own:${Buffer.from(text).toString('hex')}`),
    decryptString(cipher) {
      const text = cipher.toString();
      if (!text.startsWith('own:')) throw new Error('not mine');
      return Buffer.from(text.slice(4), 'hex').toString();
    },
  };
}

describe('canKeepSecrets', () => {
  it('refuses the backend whose password is public', () => {
    expect(canKeepSecrets(fakeEncryption(true, 'basic_text'), 'linux')).toBe(false);
    expect(canKeepSecrets(fakeEncryption(true, 'unknown'), 'linux')).toBe(false);
    expect(canKeepSecrets(fakeEncryption(false), 'linux')).toBe(false);
    expect(canKeepSecrets(fakeEncryption(), 'linux')).toBe(true);
    expect(canKeepSecrets(fakeEncryption(), 'darwin')).toBe(true);
  });
});

describe('keptSecrets', () => {
  it('shelves ciphertext only, and forgets what it cannot read', () => {
    const shelf = new Map<string, string>();
    const secrets = keptSecrets(fakeEncryption(), {
      read: () => Object.fromEntries(shelf),
      write: (name, cipher) => void shelf.set(name, cipher),
      remove: (name) => void shelf.delete(name),
    });
    secrets.remember('password:a', 'hunter2');
    expect([...shelf.values()].join('')).not.toContain('hunter2');
    shelf.set('password:b', Buffer.from('of another key ring').toString('base64'));
    expect(secrets.all()).toEqual({ 'password:a': 'hunter2' });
    expect([...shelf.keys()]).toEqual(['password:a']);
    secrets.forget('password:a');
    expect(secrets.all()).toEqual({});
  });
});

describe('keptSecrets with a key store that is locked', () => {
  it('keeps the secret for the session, and says so without it', () => {
    const said: string[] = [];
    const locked = {
      ...fakeEncryption(),
      encryptString: () => {
        throw new Error('the key ring is locked');
      },
    };
    const shelf = { read: () => ({}), write: () => undefined, remove: () => undefined };
    const secrets = keptSecrets(locked, shelf, (text) => said.push(text));
    secrets.remember('password:a', 'hunter2');
    expect(secrets.all()).toEqual({ 'password:a': 'hunter2' });
    expect(said.join('')).toMatch(/the key ring is locked.*until Drover is closed/);
    expect(said.join('')).not.toContain('hunter2');
    secrets.forget('password:a');
    expect(secrets.all()).toEqual({});
  });
});

describe('sessionSecrets', () => {
  it('remembers until told to forget', () => {
    const secrets = sessionSecrets();
    secrets.remember('password:a', 'x');
    expect(secrets.all()).toEqual({ 'password:a': 'x' });
    secrets.forget('password:a');
    expect(secrets.all()).toEqual({});
  });
});
