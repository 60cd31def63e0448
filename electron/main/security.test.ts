import { describe, expect, it, vi } from 'vitest';

vi.mock('electron', () => ({ app: {}, shell: {} }));
const { isOwnFile } = await import('./security.ts');

describe('what the page may hand the operator to keep', () => {
  it.each([
    ['blob:app://console/5b0c', 'server-a-load-24h.csv', true],
    ['blob:app://console/5b0c', 'server-a-load-24h.png', true],
    ['blob:app://console/5b0c', 'server-a.exe', false],
    ['blob:app://console/5b0c', 'server-a.csv.exe', false],
    ['blob:https://example.com/5b0c', 'a.csv', false],
    ['app://console/index.html', 'a.csv', false],
    ['https://example.com/a.csv', 'a.csv', false],
    ['data:text/csv,a', 'a.csv', false],
  ])('%s as %s: %s', (address, name, allowed) => {
    expect(isOwnFile(address, name)).toBe(allowed);
  });
});
