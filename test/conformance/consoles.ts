import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { ends, type Stage, type StageHost, until, untilState } from './stage.ts';

/** ConsolesDriver: the bytes of both kinds, who has them, and what is said where there is none. */
export function consolesSuite(open: () => Stage): void {
  describe('consoles', () => {
    const guest = () => open().guest;
    const home = async (): Promise<StageHost> => (await ends(open()))[0];
    const opened: Duplex[] = [];

    afterEach(async () => {
      await Promise.all(opened.splice(0).map(closed));
    });

    async function serial(host: StageHost, takeOver = false): Promise<Duplex> {
      const line = await host.driver.consoles.open(guest().uuid, 'serial', { takeOver });
      opened.push(line);
      return line;
    }

    it('types on a serial console and reads what the guest answers', async () => {
      const line = await serial(await home());
      const heard = listen(line);
      await talk(line, heard, 'console-one');
    });

    it('keeps a second reader of a serial console out, unless it takes over', async () => {
      const host = await home();
      const first = await serial(host);
      first.on('error', () => undefined).resume();
      await expect(serial(host)).rejects.toMatchObject({
        code: 'console-busy',
        message: expect.stringContaining(guest().name),
      });
      const second = await serial(host, true);
      await cutOff(first);
      await talk(second, listen(second), 'console-two');
    });

    it('lets the next one in once it was closed', async () => {
      const host = await home();
      await closed(await serial(host));
      const line = await until(
        'the console to be free',
        () => serial(host).catch(() => undefined),
        (each) => each !== undefined,
      );
      expect(line?.destroyed).toBe(false);
    });

    it('opens a screen that speaks RFB', async () => {
      const host = await home();
      const screen = await host.driver.consoles.open(guest().uuid, 'screen');
      opened.push(screen);
      const heard = listen(screen);
      await until(
        'the greeting of RFB',
        () => heard.text(),
        (text) => /^RFB 003\.008\n$/.test(text),
      );
      screen.write('RFB 003.008\n');
      // One kind of security, and that is none.
      await until(
        'the kinds of security',
        () => heard.bytes().subarray(12),
        (bytes) => bytes.length >= 2,
      );
      expect([...heard.bytes().subarray(12, 14)]).toEqual([1, 1]);
      screen.write(Buffer.from([1]));
      await until(
        'its word',
        () => heard.bytes().subarray(14),
        (bytes) => bytes.length >= 4,
      );
      screen.write(Buffer.from([1]));
      await until(
        'its size',
        () => heard.bytes().subarray(18),
        (bytes) => bytes.length >= 24,
      );
      const size = heard.bytes().subarray(18);
      expect(size.readUInt16BE(0)).toBeGreaterThan(300);
      expect(size.readUInt16BE(2)).toBeGreaterThan(100);
    });

    it('ends with the instance', async () => {
      const host = await home();
      const line = await serial(host);
      const screen = await host.driver.consoles.open(guest().uuid, 'screen');
      const over = [line, screen].map(isOver);
      await host.driver.domains.destroy(guest().uuid);
      await Promise.all(over);
      for (const kind of ['screen', 'serial'] as const) {
        await expect(host.driver.consoles.open(guest().uuid, kind)).rejects.toMatchObject({
          code: 'vm-not-running',
          message: expect.stringMatching(new RegExp(`${guest().name} does not run there.*Start`)),
        });
      }
      await host.driver.domains.start(guest().uuid);
      await open().hears();
    });

    it('says that a domain has no graphics, and which it is', async () => {
      const host = await home();
      const { xml, uuid } = await open().definition('console-less');
      await host.driver.domains.define(xml.replace(/<(serial|console)\b[\s\S]*<\/\1>/g, ''));
      await host.driver.domains.start(uuid);
      await untilState(host, uuid, /^active/);
      for (const kind of ['screen', 'serial'] as const) {
        await expect(host.driver.consoles.open(uuid, kind)).rejects.toMatchObject({
          code: 'console-missing',
          message: expect.stringContaining('console-less'),
        });
      }
      await host.driver.domains.destroy(uuid);
      await host.driver.domains.undefine(uuid);
      await open().forget('console-less');
    });

    it('does not know a domain that is not there', async () => {
      const host = await home();
      const nobody = '00000000-1111-2222-3333-444444444444';
      await expect(host.driver.consoles.open(nobody, 'serial')).rejects.toMatchObject({ code: 'not-found' });
    });
  });
}

interface Heard {
  bytes(): Buffer;
  text(): string;
}

function listen(line: Duplex): Heard {
  let all = Buffer.alloc(0);
  line.on('data', (chunk: Buffer) => {
    all = Buffer.concat([all, chunk]);
  });
  return { bytes: () => all, text: () => all.toString('latin1') };
}

/** A guest that boots may miss what was typed, and one that is busy must not be given more than it can read. */
const typeAgainMs = 1000;

/** Logs in where that is asked for, and has the guest say a word that was not typed so. */
async function talk(line: Duplex, heard: Heard, word: string): Promise<void> {
  const [start = '', end = ''] = word.split('-');
  let typedAt = Number.NEGATIVE_INFINITY;
  await until(
    `${word} on the console`,
    () => {
      if (performance.now() - typedAt >= typeAgainMs) {
        typedAt = performance.now();
        line.write(/login: *$/.test(heard.text()) ? 'root\r' : `echo ${start}"-"${end}\r`);
      }
      return heard.text();
    },
    (text) => text.includes(word),
  );
}

/** While output is under way to whoever is cut off, libvirt does not tell them: they learn of it when they type. */
async function cutOff(line: Duplex): Promise<void> {
  await until(
    'whoever had the console to be cut off',
    () => {
      if (!line.destroyed) line.write('\r');
      return line.destroyed;
    },
    (destroyed) => destroyed,
    typeAgainMs,
  );
}

/** It ended or broke: which, is not promised. */
function isOver(line: Duplex): Promise<void> {
  return new Promise((resolve) => {
    line.once('close', () => resolve());
    line.on('error', () => undefined);
    line.resume();
  });
}

async function closed(line: Duplex): Promise<void> {
  if (line.destroyed) return;
  const over = once(line, 'close');
  line.destroy();
  await over;
}
