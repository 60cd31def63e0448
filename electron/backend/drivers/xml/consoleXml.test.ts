import { describe, expect, it } from 'vitest';
import { consoleMissing } from '../consoles.ts';
import { parseConsoles } from './consoleXml.ts';

const domain = (devices: string) =>
  parseConsoles(`<domain><name>web-01</name><devices>${devices}</devices></domain>`);

describe('the consoles of a domain', () => {
  it.each([
    [
      "<graphics type='vnc' port='5901' listen='127.0.0.1'/>",
      { kind: 'port', port: 5901, address: '127.0.0.1' },
    ],
    [
      "<graphics type='vnc' port='5901' listen='0.0.0.0'/>",
      { kind: 'port', port: 5901, address: '127.0.0.1' },
    ],
    [
      "<graphics type='vnc' port='5902'><listen type='address' address='::'/></graphics>",
      { kind: 'port', port: 5902, address: '::1' },
    ],
    [
      "<graphics type='vnc' port='5902'><listen type='network' address='10.0.0.2' network='x'/></graphics>",
      { kind: 'port', port: 5902, address: '10.0.0.2' },
    ],
    [
      "<graphics type='vnc'><listen type='socket' socket='/run/web-01.vnc'/></graphics>",
      { kind: 'socket', path: '/run/web-01.vnc' },
    ],
    ["<graphics type='vnc' port='-1' autoport='yes'/>", { kind: 'none' }],
    ["<graphics type='vnc'><listen type='none'/></graphics>", { kind: 'none' }],
  ])('%s', (xml, listen) => {
    expect(domain(xml).graphics).toEqual([{ kind: 'vnc', listen }]);
  });

  it('has a serial one, by either element', () => {
    expect(domain("<serial type='pty'/>").serial).toBe(true);
    expect(domain("<console type='pty'/>").serial).toBe(true);
    expect(domain('').serial).toBe(false);
  });

  it('says what it has instead of VNC, and what to do', () => {
    const asked = { vm: 'web-01', host: 'server-a', kind: 'screen' } as const;
    const message = (xml: string) => consoleMissing(asked, domain(xml)).message;
    expect(message("<graphics type='spice' port='5900'/>")).toMatch(
      /^Open the screen of web-01 on server-a: its graphics are SPICE only.*Add <graphics type='vnc'/,
    );
    expect(message('')).toContain('web-01 has no graphics');
    expect(message("<graphics type='vnc'><listen type='none'/></graphics>")).toContain('no port or socket');
    expect(consoleMissing({ ...asked, kind: 'serial' }, domain('')).message).toMatch(
      /no serial port.*console=ttyS0/,
    );
  });
});
