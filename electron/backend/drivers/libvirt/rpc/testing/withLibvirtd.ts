import { describe, it } from 'vitest';
import { privateLibvirtdUnavailable } from './privateLibvirtd.ts';

/** A suite that needs a real libvirtd: skipped with the reason where none can be had, but never on CI. */
export function describeWithLibvirtd(name: string, body: () => void): void {
  const reason = privateLibvirtdUnavailable();
  if (reason === undefined || process.env['CI'] === 'true') describe(name, body);
  else describe(name, () => it.skip(`skipped: ${reason}`, () => undefined));
}
