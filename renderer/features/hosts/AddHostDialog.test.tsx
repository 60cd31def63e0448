// @vitest-environment happy-dom
import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fakeFingerprint } from '../../testing/fakeRefusals.ts';
import { type PageUnderTest, renderToPage } from '../../testing/renderToPage.tsx';

async function openDialog(under: PageUnderTest, address: string) {
  await under.user.click(await under.page.findByRole('button', { name: /^Add (a )?host$/ }));
  const dialog = within(await under.page.findByRole('dialog', { name: 'Add a host' }));
  await under.user.type(dialog.getByLabelText(/^Address/), address);
  return dialog;
}

const addCalls = (under: PageUnderTest) => under.world.calls.filter((call) => call.procedure === 'hosts.add');

describe('adding a host', () => {
  it('shows an unknown key, trusts it only by its button, and ends at the host', async () => {
    const under = renderToPage('/', { empty: true });
    const dialog = await openDialog(under, 'ops@10.77.0.9{Enter}');
    const key = within(await dialog.findByRole('region', { name: 'Host key' }));
    expect(key.getByText(fakeFingerprint)).toBeDefined();
    expect(key.getByText('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).toBeDefined();

    await under.user.type(dialog.getByLabelText(/^Address/), '{Enter}');
    expect(addCalls(under)).toHaveLength(1);

    await under.user.click(dialog.getByRole('button', { name: 'Trust this key and connect' }));
    await under.page.findByRole('complementary', { name: 'Details of server-a' });
    expect(under.page.queryByRole('dialog')).toBeNull();
    expect(addCalls(under).map((call) => call.input)).toEqual([
      { address: 'ssh://ops@10.77.0.9', clusterName: 'cluster-1', credentials: {} },
      {
        address: 'ssh://ops@10.77.0.9',
        clusterName: 'cluster-1',
        credentials: { acceptHostKey: fakeFingerprint },
      },
    ]);
    expect(location.hash).toBe('#/hosts/host-server-a');
  });

  it('asks for a password in the same dialog and keeps what was given before', async () => {
    const under = renderToPage('/hosts');
    const dialog = await openDialog(under, 'ssh://ops@password{Enter}');
    await under.user.click(await dialog.findByRole('button', { name: 'Trust this key and connect' }));
    await under.user.type(await dialog.findByLabelText('Password'), 'wrong{Enter}');
    expect((await dialog.findByRole('alert')).textContent).toContain('wants a password');
    await under.user.type(dialog.getByLabelText('Password'), 'right{Enter}');
    await under.page.findByRole('complementary', { name: 'Details of server-c' });
    expect(addCalls(under).at(-1)?.input).toEqual({
      address: 'ssh://ops@password',
      clusterName: 'rack-1',
      credentials: { acceptHostKey: fakeFingerprint, password: 'right' },
    });
  });

  it("asks the host's own questions", async () => {
    const under = renderToPage('/hosts');
    const dialog = await openDialog(under, 'ssh://ops@questions{Enter}');
    await under.user.click(await dialog.findByRole('button', { name: 'Trust this key and connect' }));
    await under.user.type(await dialog.findByLabelText('One-time code:'), '123456{Enter}');
    await under.page.findByRole('complementary', { name: 'Details of server-c' });
    expect(addCalls(under).at(-1)?.input).toMatchObject({ credentials: { answers: ['123456'] } });
  });

  it.each([
    ['ssh://ops@unreachable', 'no route to host', 'Check the address, and that the machine is on.'],
    ['ssh://ops@changed', 'holds another one', 'somebody else may be answering in its place'],
  ])(
    'shows why %s was refused, keeps the input and offers no way to trust it',
    async (address, cause, next) => {
      const under = renderToPage('/hosts');
      const dialog = await openDialog(under, `${address}{Enter}`);
      const alert = await dialog.findByRole('alert');
      expect(alert.textContent).toContain(cause);
      expect(alert.textContent).toContain(next);
      expect(dialog.getByLabelText<HTMLInputElement>(/^Address/).value).toBe(address);
      expect(dialog.queryByRole('button', { name: /Trust/ })).toBeNull();
      expect(dialog.getByRole('button', { name: 'Add host' })).toBeDefined();
    },
  );

  it('says how to write an address before it asks anybody', async () => {
    const under = renderToPage('/hosts');
    const dialog = await openDialog(under, 'https://server{Enter}');
    expect(await dialog.findByText(/Write it as ssh:\/\/user@address/)).toBeDefined();
    expect(addCalls(under)).toEqual([]);
  });

  it('forgets the accepted key when the address is changed', async () => {
    const under = renderToPage('/hosts');
    const dialog = await openDialog(under, 'ssh://ops@one{Enter}');
    await dialog.findByRole('region', { name: 'Host key' });
    await under.user.type(dialog.getByLabelText(/^Address/), '2');
    expect(dialog.queryByRole('region', { name: 'Host key' })).toBeNull();
    await under.user.type(dialog.getByLabelText(/^Address/), '{Enter}');
    await dialog.findByRole('region', { name: 'Host key' });
    expect(addCalls(under).at(-1)?.input).toMatchObject({ address: 'ssh://ops@one2', credentials: {} });
  });
});
