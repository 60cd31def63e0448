import { expect, it } from 'vitest';
import type { FromBackend } from './backendMessages.ts';
import { shelvedSecrets } from './shelvedSecrets.ts';

it('knows what was kept, and tells each change once', () => {
  const told: FromBackend[] = [];
  const secrets = shelvedSecrets({ 'password:a': 'old', other: 'x' }, (message) => told.push(message));
  expect(secrets.recall('password:a')).toBe('old');
  secrets.remember('password:a', 'old');
  secrets.remember('password:a', 'new');
  secrets.forget('passphrase:k');
  expect(secrets.recall('password:a')).toBe('new');
  expect(told).toEqual([
    { type: 'remember', name: 'password:a', secret: 'new' },
    { type: 'forget', name: 'passphrase:k' },
  ]);
  secrets.clear();
  expect(secrets.recall('password:a')).toBeUndefined();
  expect(told).toHaveLength(2);
});
