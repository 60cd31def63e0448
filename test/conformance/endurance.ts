import { beforeAll, describe, expect, it } from 'vitest';
import { ends, type Stage, type StageHost, stateOn, until, untilState } from './stage.ts';

/** What outlives what: a VM's state over a restart of libvirt and over a power cut, and what the link says meanwhile. */
export function enduranceSuite(open: () => Stage): void {
  describe('what outlives what', () => {
    let home: StageHost;
    const uuid = () => open().guest.uuid;
    const link = async (wanted: string) => {
      await until(
        `${home.name} ${wanted}`,
        () => home.driver.link().state,
        (state) => state === wanted,
      );
    };

    beforeAll(async () => {
      [home] = await ends(open());
    });

    it('a running and a paused guest outlive a restart of libvirt', async () => {
      await home.restartLibvirt();
      await link('connected');
      await untilState(home, uuid(), /^active/);
      await home.driver.domains.pause(uuid());
      await home.restartLibvirt();
      await link('connected');
      await untilState(home, uuid(), /^paused/);
      await home.driver.domains.resume(uuid());
    });

    it('saved memory outlives a power cut; what ran is off, and starts by itself where it was told to', async () => {
      const { domains } = home.driver;
      const { xml, uuid: sleeper } = await open().definition('sleeper');
      await domains.define(xml);
      await domains.start(sleeper);
      await domains.save(sleeper);
      const { xml: other, uuid: victim } = await open().definition('victim');
      await domains.define(other);
      await domains.start(victim);
      await domains.setAutostart(uuid(), true);
      await home.kill();
      await link('unreachable');
      await expect(domains.list()).rejects.toMatchObject({
        code: expect.stringMatching(/host-unreachable|connection-lost/),
      });
      await home.revive();
      home.driver.reconnect();
      await link('connected');
      expect(await stateOn(home, sleeper)).toBe('suspended saving');
      expect(await stateOn(home, victim)).toMatch(/^inactive/);
      await untilState(home, uuid(), /^active/);
      await domains.setAutostart(uuid(), false);
      for (const one of [sleeper, victim]) await domains.undefine(one);
      for (const name of ['sleeper', 'victim']) await open().forget(name);
    });

    it('a cable that is out for a moment costs nothing', async () => {
      await home.cut();
      const asked = home.driver.domains.state(uuid());
      await home.heal();
      expect(await asked).toMatchObject({ state: 'active' });
      expect(home.driver.link().state).toBe('connected');
    });
  });
}
