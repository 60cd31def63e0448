import { describe, expect, it } from 'vitest';
import { someHost } from '#shared/testing/nouns.ts';
import type { DiskFacts } from './facts.ts';
import { planStorage } from './planStorage.ts';
import { diskApart, gibibyte, someDisk } from './testing/someDisk.ts';

const to = someHost('server-b');

const base = { path: '/pool/base.qcow2', format: 'qcow2', usedBytes: gibibyte };

function plan(disks: readonly DiskFacts[], copyStorage = false, promisedBytes = 0) {
  const titles = promisedBytes === 0 ? [] : ['Migrate db-01'];
  return planStorage('Migrate web-01', to, copyStorage, disks, () => ({ bytes: promisedBytes, titles }));
}

describe('how the disks come to be at the destination', () => {
  it('sets the unsafe flag only for files that were proven to be shared', () => {
    expect(plan([someDisk()])).toMatchObject({
      copy: 'none',
      unsafe: true,
      sharedDisks: ['/pool/web-01.qcow2'],
    });
    expect(plan([someDisk({ place: 'network' })])).toMatchObject({ copy: 'none', unsafe: false });
    expect(plan([])).toMatchObject({ copy: 'none', unsafe: false });
  });

  it('copies whole what is not shared, and only above the bases that are there already', () => {
    expect(plan([diskApart()], true)).toMatchObject({
      copy: 'full',
      copyDisks: ['vda'],
      unsafe: false,
      create: [{ path: '/pool/web-01.qcow2', format: 'qcow2', virtualBytes: 20 * gibibyte }],
    });
    expect(plan([diskApart({ chain: [{ ...base, atDestination: 'equal' }] })], true)).toMatchObject({
      copy: 'incremental',
      create: [{ backing: { path: '/pool/base.qcow2', format: 'qcow2' } }],
    });
    expect(plan([diskApart({ chain: [{ ...base, atDestination: 'different' }] })], true)).toMatchObject({
      copy: 'full',
    });
  });

  it('copies one disk and shares the other', () => {
    const shared = someDisk({ target: 'vdb', path: '/shared/data.qcow2' });
    expect(plan([diskApart(), shared], true)).toMatchObject({
      copy: 'full',
      copyDisks: ['vda'],
      sharedDisks: ['/shared/data.qcow2'],
    });
  });

  it.each<[string, readonly DiskFacts[], boolean, string, RegExp]>([
    [
      'a disk that is not shared',
      [diskApart()],
      false,
      'storage-not-shared',
      /does not see the file.*--copy-storage/,
    ],
    [
      'a cache that hides writes',
      [someDisk({ cache: 'writeback' })],
      false,
      'storage-not-shared',
      /cache mode writeback/,
    ],
    ['copying onto itself', [someDisk()], true, 'refused-by-rule', /onto itself/],
    [
      'overwriting another file',
      [diskApart({ atDestination: 'different' })],
      true,
      'already-exists',
      /nothing there is overwritten/,
    ],
    [
      'what could not be proven to be shared',
      [someDisk({ atDestination: 'different', unproven: 'Write a marker: No space left on device.' })],
      false,
      'storage-not-shared',
      /could not be proven\. Write a marker: No space left on device\. Put that right/,
    ],
    [
      'overwriting what may be the very file',
      [diskApart({ atDestination: 'different', unproven: 'There was no answer within 60 s.' })],
      true,
      'already-exists',
      /whether it is another one could not be proven\. There was no answer within 60 s\. Put that right/,
    ],
    [
      'copying a device',
      [diskApart({ place: 'block', path: '/dev/sdb' })],
      true,
      'refused-by-rule',
      /files only/,
    ],
    [
      'a device that may be another',
      [diskApart({ place: 'block', path: '/dev/sdb' })],
      false,
      'storage-not-shared',
      /cannot be proven/,
    ],
    [
      'a CD that is not there',
      [someDisk({ readOnly: true, atDestination: 'absent', path: '/iso/cd.iso' })],
      false,
      'storage-missing',
      /has no \/iso\/cd\.iso/,
    ],
    [
      'a base that is another file',
      [someDisk({ chain: [{ ...base, atDestination: 'different' }] })],
      false,
      'storage-missing',
      /another file on server-b/,
    ],
    [
      'a folder that is not there',
      [someDisk({ atDestination: 'absent' })],
      true,
      'storage-missing',
      /no folder for/,
    ],
    [
      'too little space',
      [diskApart({ freeBytesAtDestination: gibibyte })],
      true,
      'no-room',
      /1024 MiB free in \/pool/,
    ],
  ])('refuses %s', (_what, disks, copyStorage, code, message) => {
    expect(() => plan(disks, copyStorage)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('counts what running tasks have been promised in that folder', () => {
    const tight = diskApart({ freeBytesAtDestination: 3 * gibibyte });
    expect(plan([tight], true)).toMatchObject({ copy: 'full' });
    expect(() => plan([tight], true, 2 * gibibyte)).toThrow(
      /3072 MiB free.*2048 MiB are promised to "Migrate db-01".*need 2048 MiB.*Wait until that has ended/,
    );
    // Waiting would not help where it is too little either way.
    expect(() => plan([diskApart({ freeBytesAtDestination: gibibyte })], true, gibibyte)).toThrow(
      /promised.*\. Free some space/,
    );
  });

  it('takes what is in the disk, with its bases where they are copied too, and never more than its size', () => {
    const takes = (chain: DiskFacts['chain'], changes: Partial<DiskFacts> = {}) =>
      plan([diskApart({ chain, ...changes })], true).takes.map(({ bytes }) => bytes / gibibyte);
    expect(takes([])).toEqual([2]);
    expect(takes([{ ...base, atDestination: 'different' }])).toEqual([3]);
    expect(takes([{ ...base, atDestination: 'equal' }])).toEqual([2]);
    expect(takes([{ ...base, atDestination: 'different' }], { virtualBytes: 2.5 * gibibyte })).toEqual([2.5]);
  });
});
