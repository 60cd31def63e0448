import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { completeWish, guestOwnMiB, guestXml } from './guestXml.ts';
import { LabError } from './labError.ts';

const place = {
  uuid: '2b1f8a52-4f2c-4f77-9d7a-5d2f4f1f0a11',
  address: '10.77.3.101',
  mac: '52:54:00:4d:03:65',
};
const parse = (xml: string): unknown => new XMLParser({ ignoreAttributes: false }).parse(xml);

describe('guestXml', () => {
  it('carries address, MAC and load on the kernel command line', () => {
    const xml = guestXml({ name: 'busy', dirtyMiB: 40, dirtyRateMiBPerSecond: 12 }, place);
    expect(xml).toContain('drover.mac=52:54:00:4d:03:65 drover.address=10.77.3.101 drover.dirty=40,12');
    expect(parse(xml)).toMatchObject({
      domain: { name: 'busy', uuid: place.uuid, memory: { '#text': guestOwnMiB + 40, '@_unit': 'MiB' } },
    });
  });

  it('takes storage, cache, machine, model and screen as wished', () => {
    const shared = guestXml(
      { name: 'one', cache: 'writeback', cpuModel: 'Nehalem', machine: 'pc-q35-7.2', vcpus: 2 },
      place,
    );
    expect(shared).toContain("cache='writeback'");
    expect(shared).toContain("<source file='/var/lib/libvirt/shared/one.qcow2'/>");
    expect(shared).toContain("<model fallback='forbid'>Nehalem</model>");
    expect(shared).toContain("machine='pc-q35-7.2'");
    expect(shared).toContain('<vcpu>2</vcpu>');
    expect(guestXml({ name: 'two', storage: 'local' }, place)).toContain('/var/lib/libvirt/local/two.qcow2');
    const bare = guestXml({ name: 'three', storage: 'none', vnc: false }, place);
    expect(bare).not.toContain('<disk');
    expect(bare).not.toContain('<graphics');
  });

  it('refuses a name that libvirt or a file system would choke on, and memory too small for the load', () => {
    for (const name of ['', 'Web', 'a b', '../x', "x'", '1st'])
      expect(() => completeWish({ name })).toThrow(LabError);
    expect(() => completeWish({ name: 'small', memoryMiB: 96, dirtyMiB: 64 })).toThrow(
      /Give it 140 MiB or more/,
    );
  });
});
