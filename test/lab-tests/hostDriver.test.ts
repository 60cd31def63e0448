import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostDriver } from '../../electron/backend/drivers/drivers.ts';
import { type Lab, startDistance, startLab, whyNoLab } from '../lab/startLab.ts';
import { linkState, type OpenHosts, openHosts } from './openHosts.ts';

const noLab = await whyNoLab();

describe.skipIf(noLab !== undefined)('the driver of a real host', () => {
  let lab: Lab;
  let hosts: OpenHosts;
  let alpha: HostDriver;

  beforeAll(async () => {
    lab = await startLab({
      name: 'host-driver',
      hosts: [{}, {}, { libvirt: false }, { modularSocket: true }, { streamLocalForwarding: false }],
      guests: [{ name: 'vm-1', host: 'host-a' }],
    });
    hosts = openHosts(lab);
    alpha = hosts.open('host-a');
    await alpha.connected();
  });
  afterAll(async () => {
    await hosts?.close();
    await lab?.down();
  });

  it('knows the addresses at which other hosts reach it', async () => {
    expect((await alpha.addresses())[0]).toBe(lab.host('host-a').address);
  });

  it('serves an ordinary account that may use libvirt', async () => {
    const driver = hosts.open('host-a', { user: lab.description().users.operator.user });
    await driver.connected();
    expect(await driver.domains.list()).toMatchObject([{ name: 'vm-1', state: 'active' }]);
  });

  it.each([
    ['an account without rights', 'libvirt-no-rights', { user: 'norights' }],
    ['a login that its key does not open', 'password-needed', { user: 'nobody-here' }],
  ])('waits for a person over %s', async (_what, code, choice) => {
    const driver = hosts.open('host-a', choice);
    await expect(driver.connected()).rejects.toMatchObject({ code });
    expect((await linkState(driver, 'needs-attention')).error.code).toBe(code);
  });

  it('asks about an unknown host key with its fingerprint, and goes on once it is accepted', async () => {
    const { hostKeys, keyFile } = lab.host('host-a');
    const stranger = openHosts(lab);
    const driver = stranger.open('host-a', { credentials: { keyFile } });
    const { error } = await linkState(driver, 'needs-attention');
    expect(error.code).toBe('host-key-unknown');
    const fingerprint = String(error.details?.['fingerprint']);
    expect(hostKeys.map((key) => key.fingerprint)).toContain(fingerprint);
    driver.reconnect({ acceptHostKey: fingerprint });
    await linkState(driver, 'connected');
    await stranger.close();
  });

  it('says that libvirt does not run on a host, or no sshd there', async () => {
    await expect(hosts.open('host-c').connected()).rejects.toMatchObject({ code: 'libvirt-stopped' });
    await expect(hosts.open('host-a', { port: 23 }).connected()).rejects.toMatchObject({
      code: 'connection-refused',
    });
  });

  it.each([
    ['by the socket of the modular daemons', 'host-d', /^0$/],
    ['by a command, where sshd forwards no sockets', 'host-e', /^[3-9]$/],
  ])('reaches libvirt %s', async (_what, name, carriers) => {
    const driver = hosts.open(name);
    await driver.connected();
    expect(await driver.domains.list()).toEqual([]);
    expect(await driver.telemetry.capacity()).toMatchObject({ hostUuid: lab.host(name).uuid });
    // Each of its three libvirt connections is carried by a process there, or none is.
    const count = 'grep -lazE "^(virt-ssh-helper|nc|socat)" /proc/[0-9]*/cmdline 2>/dev/null | wc -l';
    expect((await lab.exec(name, ['sh', '-c', count])).trim()).toMatch(carriers);
    await driver.close();
    await expect
      .poll(async () => (await lab.exec(name, ['sh', '-c', count])).trim(), { timeout: 30_000 })
      .toBe('0');
  });

  it('works 50 ms away, and says at once what a lost connection cut', async () => {
    const far = await startDistance({ host: lab.host('host-a').address, port: 22 }, 50);
    const driver = hosts.open('host-a', { address: '127.0.0.1', port: far.port });
    await driver.connected();
    expect(await driver.domains.list()).toMatchObject([{ name: 'vm-1' }]);
    const asked = driver.domains.list();
    far.lose();
    await expect(asked).rejects.toMatchObject({ code: 'connection-lost' });
    expect((await linkState(driver, 'unreachable')).error.code).toBe('connection-lost');
    await expect(driver.domains.list()).rejects.toMatchObject({ code: 'host-unreachable' });
    await linkState(driver, 'connected');
    expect(await driver.domains.list()).toMatchObject([{ name: 'vm-1' }]);
    await driver.close();
    await far.stop();
  });
});
