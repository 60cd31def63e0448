import { expect, it } from 'vitest';
import { isOlder } from './versions.ts';

it.each([
  ['8.4.9', '8.5.0', true],
  ['8.5.0', '8.5.0', false],
  ['10.0.0', '9.0.0', false],
  ['7.2', '7.2.1', true],
])('%s before %s: %s', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older);
});
