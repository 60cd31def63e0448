import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StorageDriver } from '../drivers.ts';
import type { HostAccess } from './hostLink.ts';
import { libvirtStorage } from './storage.ts';

/** This machine's own shell in place of a host's. */
function storageHere(): StorageDriver {
  const exec = (command: string) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile('/bin/sh', ['-c', command], (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      });
    });
  const unasked = () => {
    throw new Error('not asked for here');
  };
  const login: ReturnType<HostAccess['login']> = { exec, forwardTcp: unasked, openUnixSocket: unasked };
  return libvirtStorage({
    name: 'here',
    clock: { now: unasked, elapsed: unasked, after: unasked },
    state: unasked,
    subscribe: unasked,
    channels: unasked,
    login: () => login,
    openCommand: unasked,
    open: unasked,
  });
}

describe('markers beside a disk', () => {
  let folder: string;
  let disk: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "drover's markers "));
    disk = join(folder, 'web-01.qcow2');
    writeFileSync(disk, 'a disk');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function put(name: string, text: string, ageMinutes: number): void {
    const path = join(folder, name);
    writeFileSync(path, text);
    const at = Date.now() / 1000 - ageMinutes * 60;
    utimesSync(path, at, at);
  }

  it('are written, found and removed', async () => {
    const storage = storageHere();
    await storage.writeMarker(disk, 'abc123');
    expect(await storage.hasMarker(disk, 'abc123')).toBe(true);
    expect(await storage.hasMarker(disk, 'abc124')).toBe(false);
    await storage.removeMarker(disk, 'abc123');
    expect(readdirSync(folder)).toEqual(['web-01.qcow2']);
  });

  it('leave nothing on a full disk, which is told as what it is', async () => {
    // Linux' device that is always full.
    symlinkSync('/dev/full', join(folder, '.drover-abc123'));
    await expect(storageHere().writeMarker(disk, 'abc123')).rejects.toMatchObject({ code: 'no-room' });
    expect(readdirSync(folder)).toEqual(['web-01.qcow2']);
  });

  it('are swept once they are old, and nothing else is', async () => {
    put('.drover-0ld', '0ld', 90);
    put('.drover-n3w', 'n3w', 5);
    put('.drover-notes', 'what a person wrote', 90);
    put('.web-01.qcow2.drover-task-1', 'task-1', 90);
    await storageHere().writeMarker(disk, 'abc123');
    expect(readdirSync(folder).sort()).toEqual([
      '.drover-abc123',
      '.drover-n3w',
      '.drover-notes',
      '.web-01.qcow2.drover-task-1',
      'web-01.qcow2',
    ]);
  });
});
