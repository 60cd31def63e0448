import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab, whyNoLab } from './startLab.ts';

const unavailable = await whyNoLab();

/** A connection on which sshd has said its greeting. */
function greeted(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: 22 });
    socket.once('error', reject).once('data', () => resolve(socket));
  });
}

describe.skipIf(unavailable !== undefined)('connections cut at the host', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ name: 'test-connections', hosts: [{ libvirt: false }] });
  });
  afterAll(() => lab?.down());

  it('neither FIN nor RST reaches the workstation; its next packet is answered with a reset, and new ones get in', async () => {
    const { address } = lab.host('host-a');
    const socket = await greeted(address);
    let heard: string | undefined;
    const closed = new Promise<string>((resolve) => {
      socket.once('end', () => (heard = 'FIN'));
      socket.once('error', (error) => (heard = 'code' in error ? String(error.code) : error.message));
      socket.once('close', () => resolve(heard ?? 'nothing'));
    });
    expect(await lab.cutConnections('host-a')).toBe(1);
    // A whole login goes by on the healed cable, and the old connection has still heard nothing.
    (await greeted(address)).destroy();
    expect(heard).toBeUndefined();
    socket.write('SSH-2.0-left_behind\r\n');
    expect(await closed).toBe('ECONNRESET');
  });

  it('has nothing to cut where nobody is connected', async () => {
    expect(await lab.cutConnections('host-a')).toBe(0);
  });
});
