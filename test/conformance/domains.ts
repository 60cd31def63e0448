import { describe, expect, it } from 'vitest';
import { parseDomainXml } from '../../electron/backend/drivers/xml/domainXml.ts';
import { listen, type Stage, stateOn, until, untilState } from './stage.ts';

/** DomainsDriver: what is known of a domain, every verb of its life, and the refusals. */
export function domainsSuite(open: () => Stage): void {
  describe('domains', () => {
    const driver = () => open().first.driver.domains;
    const guest = () => open().guest;

    it('lists what a host has, and describes one of them alike', async () => {
      const listed = (await driver().list()).find(({ uuid }) => uuid === guest().uuid);
      expect(listed).toMatchObject({
        name: guest().name,
        state: 'active',
        persistent: true,
        autostart: false,
        hasSnapshots: false,
        memoryMiB: guest().memoryMiB,
      });
      expect(listed?.disks).toMatchObject([{ target: 'vda', device: 'disk', format: 'qcow2' }]);
      expect(await driver().describe(guest().uuid)).toEqual(listed);
    });

    it('says that it does not know a domain, rather than failing', async () => {
      const nobody = '00000000-1111-2222-3333-444444444444';
      expect(await driver().describe(nobody)).toBeUndefined();
      expect(await driver().state(nobody)).toBeUndefined();
      await expect(driver().start(nobody)).rejects.toMatchObject({ message: expect.any(String) });
    });

    it('pauses and resumes, and tells of it', async () => {
      const { heard, end } = await listen(open().first);
      await driver().pause(guest().uuid);
      expect(await stateOn(open().first, guest().uuid)).toBe('paused user');
      expect(await open().sightings(guest().name)).toEqual([`${open().first.name} paused`]);
      await driver().resume(guest().uuid);
      expect(await stateOn(open().first, guest().uuid)).toBe('active unpaused');
      await until(
        'events of the guest',
        () => heard.filter(({ uuid }) => uuid === guest().uuid).length,
        (count) => count >= 2,
      );
      end();
    });

    it.each<[string, (uuid: string) => Promise<void>]>([
      ['a start', (uuid) => driver().start(uuid)],
      ['a resume', (uuid) => driver().resume(uuid)],
      ['a rename', (uuid) => driver().rename(uuid, 'another-name')],
    ])('refuses %s of a domain that runs', async (_what, verb) => {
      await expect(verb(guest().uuid)).rejects.toMatchObject({ code: 'libvirt-refused' });
      expect(await stateOn(open().first, guest().uuid)).toMatch(/^active/);
    });

    it('writes memory to disk, keeps it, and goes on from it', async () => {
      await driver().save(guest().uuid);
      expect(await stateOn(open().first, guest().uuid)).toBe('suspended saving');
      expect((await driver().list()).find(({ uuid }) => uuid === guest().uuid)).toMatchObject({
        state: 'suspended',
      });
      await driver().start(guest().uuid);
      expect(await stateOn(open().first, guest().uuid)).toBe('active restored');
    });

    it('saves a paused domain and brings it back paused', async () => {
      await driver().pause(guest().uuid);
      await driver().save(guest().uuid);
      await driver().start(guest().uuid);
      expect(await stateOn(open().first, guest().uuid)).toBe('paused migration');
      await driver().resume(guest().uuid);
    });

    it('drops saved memory', async () => {
      await driver().save(guest().uuid);
      await driver().discardSaved(guest().uuid);
      expect(await stateOn(open().first, guest().uuid)).toMatch(/^inactive/);
    });

    it.each<[string, (uuid: string) => Promise<void>]>([
      ['a pause', (uuid) => driver().pause(uuid)],
      ['a resume', (uuid) => driver().resume(uuid)],
      ['a suspend to disk', (uuid) => driver().save(uuid)],
      ['the power button', (uuid) => driver().requestShutdown(uuid)],
      ['a reboot', (uuid) => driver().requestReboot(uuid)],
      ['a reset', (uuid) => driver().reset(uuid)],
      ['force off', (uuid) => driver().destroy(uuid)],
    ])('refuses %s of a domain that does not run', async (_what, verb) => {
      await expect(verb(guest().uuid)).rejects.toMatchObject({ code: 'libvirt-refused' });
      expect(await stateOn(open().first, guest().uuid)).toMatch(/^inactive/);
    });

    it('starts it anew, asks it to shut down, and it does', async () => {
      await driver().start(guest().uuid);
      expect(await stateOn(open().first, guest().uuid)).toBe('active booted');
      // A guest that still boots does not hear its power button.
      await until(
        'the guest to obey its power button',
        async () => {
          await driver()
            .requestShutdown(guest().uuid)
            .catch(() => undefined);
          return await stateOn(open().first, guest().uuid);
        },
        (state) => state === 'inactive shutdown',
      );
    });

    it('resets and reboots without ending it, and tells when the guest starts anew', async () => {
      await driver().start(guest().uuid);
      // One that is only just starting may be stopped for good by either.
      await open().hears();
      const { heard, end } = await listen(open().first);
      const rebooted = () =>
        heard.filter((event) => event.kind === 'changed' && event.uuid === guest().uuid && event.rebooted)
          .length;
      await driver().requestReboot(guest().uuid);
      await until('the word of its reboot', rebooted, (count) => count >= 1);
      await open().hears();
      const before = rebooted();
      await driver().reset(guest().uuid);
      await until('the word of its reset', rebooted, (count) => count > before);
      end();
      await untilState(open().first, guest().uuid, /^active/);
    });

    it('pulls its plug', async () => {
      await driver().destroy(guest().uuid);
      expect(await stateOn(open().first, guest().uuid)).toBe('inactive destroyed');
      expect(await open().sightings(guest().name)).toEqual([`${open().first.name} shut off`]);
      await driver().start(guest().uuid);
    });

    it('defines from XML, tells of it, and gives the XML back', async () => {
      const { heard, end } = await listen(open().first);
      const { xml, uuid } = await open().definition('newcomer');
      expect(await driver().define(xml)).toEqual({ uuid, name: 'newcomer' });
      expect(await stateOn(open().first, uuid)).toMatch(/^inactive/);
      await until(
        'an event of the newcomer',
        () => heard,
        (events) => events.some((event) => event.uuid === uuid && event.kind === 'changed'),
      );
      end();
      const described = await driver().describe(uuid);
      expect(described).toMatchObject({ ...parseDomainXml(xml), persistent: true });
      const { machine: _expanded, ...back } = parseDomainXml(await driver().xml(uuid, 'inactive'));
      expect(described).toMatchObject(back);
    });

    it('refuses a name and a UUID that are taken, and what is no definition', async () => {
      const { xml, uuid } = await open().definition('newcomer');
      const other = '99999999-8888-4777-a666-555555555555';
      await expect(driver().define(xml.replace(uuid, other))).rejects.toMatchObject({
        message: expect.stringMatching(/newcomer/),
      });
      await expect(driver().define(xml.replace('newcomer', 'impostor'))).rejects.toMatchObject({
        message: expect.stringMatching(/newcomer|impostor/),
      });
      await expect(driver().define('<domain>')).rejects.toMatchObject({ message: expect.any(String) });
      expect((await driver().list()).filter((each) => each.uuid === uuid)).toHaveLength(1);
    });

    it('renames, starts with its host or not, and undefines', async () => {
      const { uuid } = await open().definition('newcomer');
      await driver().rename(uuid, 'renamed');
      expect(await driver().describe(uuid)).toMatchObject({ name: 'renamed' });
      await expect(driver().rename(uuid, guest().name)).rejects.toMatchObject({
        message: expect.any(String),
      });
      await driver().rename(uuid, 'newcomer');
      await driver().setAutostart(uuid, true);
      expect(await driver().describe(uuid)).toMatchObject({ autostart: true });
      await driver().setAutostart(uuid, false);
      const { heard, end } = await listen(open().first);
      await driver().undefine(uuid);
      expect(await driver().describe(uuid)).toBeUndefined();
      await until(
        'the event that it is gone',
        () => heard,
        (events) => events.some((event) => event.kind === 'gone' && event.uuid === uuid),
      );
      end();
    });

    it('tells its interfaces with what the host knows of them', async () => {
      const described = await driver().describe(guest().uuid);
      const interfaces = await driver().interfaces(guest().uuid);
      expect(interfaces.map(({ mac }) => mac)).toEqual(described?.nics.map(({ mac }) => mac));
      for (const each of interfaces) {
        expect(each).toMatchObject({
          link: 'up',
          receivedBytes: expect.any(Number),
          sentBytes: expect.any(Number),
        });
        for (const address of each.addresses) expect(address).toMatch(/^[0-9a-f.:]+(\/\d+)?$/i);
        expect(each.addresses.length > 0).toBe(each.addressesFrom !== undefined);
      }
    });

    it("tells the size of a domain's disk as its file has it", async () => {
      const path = (await driver().describe(guest().uuid))?.disks[0]?.source ?? '';
      const { virtualBytes } = await driver().diskSize(guest().uuid, 'vda');
      expect(await open().first.driver.storage.inspect(path)).toMatchObject({ virtualBytes });
      await expect(driver().diskSize(guest().uuid, 'vdz')).rejects.toMatchObject({
        message: expect.any(String),
      });
    });

    it('gives its XML without secrets', async () => {
      const { xml, uuid } = await open().definition('newcomer');
      const screen = "<graphics type='vnc' port='-1' autoport='yes' passwd='geheim'/>";
      await driver().define(xml.replace('</devices>', `${screen}</devices>`));
      for (const which of ['current', 'inactive'] as const) {
        const told = await driver().xml(uuid, which);
        expect(told).toContain(uuid);
        expect(told).not.toContain('geheim');
      }
      await driver().undefine(uuid);
      await expect(driver().xml(uuid, 'current')).rejects.toMatchObject({ message: expect.any(String) });
    });

    it('lets a domain run on whose definition was removed, until it ends', async () => {
      const { xml, uuid } = await open().definition('newcomer');
      await driver().define(xml);
      expect(await driver().interfaces(uuid)).toMatchObject([{ link: 'up', addresses: [] }]);
      await driver().start(uuid);
      // Defined anew while it runs: it goes on as it is, and the two documents tell which is which.
      await driver().define(xml.replace(/<vcpu>\d+<\/vcpu>/, '<vcpu>3</vcpu>'));
      expect(parseDomainXml(await driver().xml(uuid, 'current'))).toMatchObject({ vcpus: 1 });
      expect(parseDomainXml(await driver().xml(uuid, 'inactive'))).toMatchObject({ vcpus: 3 });
      await driver().undefine(uuid);
      expect(await driver().describe(uuid)).toMatchObject({ state: 'active', persistent: false });
      await driver().destroy(uuid);
      await untilState(open().first, uuid, 'absent');
      await open().forget('newcomer');
    });
  });
}
