// @vitest-environment happy-dom
import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { serverA, serverB } from '../../testing/fakeCluster.ts';
import { stage } from '../../testing/fakeScenes.ts';
import { renderToPage } from '../../testing/renderToPage.tsx';

describe('the list of hosts', () => {
  it('shows load as figures with their units, live', async () => {
    const under = renderToPage('/hosts');
    const cpu = await under.page.findByRole('meter', { name: 'CPU of server-a' });
    expect(cpu.getAttribute('aria-valuetext')).toMatch(/^\d+ %$/);
    expect(
      under.page.getByRole('meter', { name: 'Memory of server-b' }).getAttribute('aria-valuetext'),
    ).toMatch(/of 15\.7 GiB$/);
  });

  it('says that no host fits a filter, and shows all again; those chosen get a bar', async () => {
    const under = renderToPage('/hosts?filter=nowhere');
    await under.page.findByRole('heading', { name: 'No host matches "nowhere"' });
    await under.user.click(under.page.getByRole('button', { name: 'Clear the filter' }));
    await under.user.click(await under.page.findByRole('checkbox', { name: 'Choose server-a' }));
    const bar = within(under.page.getByRole('region', { name: 'Chosen hosts' }));
    expect(bar.getByRole('status').textContent).toBe('1 host chosen');
    await under.user.click(bar.getByRole('button', { name: 'Choose no host' }));
    expect(under.page.queryByRole('region', { name: 'Chosen hosts' })).toBeNull();
  });

  it('removes a host only after its facts, with Cancel as the default', async () => {
    const under = renderToPage(`/hosts/${serverA}`);
    await under.user.click(await under.page.findByRole('button', { name: 'Remove…' }));
    const dialog = within(
      await under.page.findByRole('alertdialog', { name: 'Remove server-a from Drover?' }),
    );
    expect(dialog.getByText(/no longer shows its/).textContent).toContain('3 VMs, 3 of them running');
    expect(document.activeElement).toBe(dialog.getByRole('button', { name: 'Cancel' }));
    await under.user.click(dialog.getByRole('button', { name: 'Remove server-a' }));
    await under.page.findByRole('link', { name: 'server-b' });
    expect(under.page.queryByRole('link', { name: 'server-a' })).toBeNull();
    expect(under.world.calls).toEqual([{ procedure: 'hosts.remove', input: { hostId: serverA } }]);
  });

  it('says why a host does not answer, and reconnects it through its questions', async () => {
    const under = renderToPage(`/hosts/${serverB}`, { prepare: (world) => stage(world, 'trouble') });
    const pane = within(await under.page.findByRole('complementary', { name: 'Details of server-b' }));
    expect(pane.getByRole('alert').textContent).toContain('Check the address, and that the machine is on.');
    await under.user.click(pane.getByRole('button', { name: 'Reconnect…' }));
    const dialog = within(await under.page.findByRole('dialog', { name: 'Reconnect server-b' }));
    await under.user.click(dialog.getByRole('button', { name: 'Reconnect server-b' }));
    await under.user.click(await dialog.findByRole('button', { name: 'Trust this key and connect' }));
    expect(await pane.findByText(/^Connected since/)).toBeDefined();
    expect(under.page.queryByRole('dialog')).toBeNull();
  });

  it('asks at once for what a host is known to wait for', async () => {
    const waiting = {
      code: 'password-needed',
      message: 'Log in to password: it asks for the password of ops. Give the password.',
      next: 'Give the password.',
    } as const;
    const under = renderToPage(`/hosts/${serverB}`, {
      prepare(world) {
        const host = { ...world.host(serverB), address: 'ssh://ops@password' };
        const connection = { state: 'needs-attention', since: world.now, error: waiting } as const;
        world.put({ kind: 'host', value: { ...host, connection } });
      },
    });
    const pane = within(await under.page.findByRole('complementary', { name: 'Details of server-b' }));
    await under.user.click(pane.getByRole('button', { name: 'Reconnect…' }));
    const dialog = within(await under.page.findByRole('dialog', { name: 'Reconnect server-b' }));
    await under.user.type(dialog.getByLabelText('Password'), 'right');
    await under.user.click(dialog.getByRole('button', { name: 'Connect' }));
    await under.user.click(await dialog.findByRole('button', { name: 'Trust this key and connect' }));
    expect(await pane.findByText(/^Connected since/)).toBeDefined();
    expect(under.world.calls.at(-1)?.input).toMatchObject({ credentials: { password: 'right' } });
  });

  it('does not let a host that answers be declared dead', async () => {
    const under = renderToPage(`/hosts/${serverA}`);
    const button = await under.page.findByRole('button', { name: 'Declare dead…' });
    expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
      'server-a answers, so it is not dead',
    );
    await under.user.click(button);
    expect(under.page.queryByRole('alertdialog')).toBeNull();
  });
});
