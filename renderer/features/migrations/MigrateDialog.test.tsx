// @vitest-environment happy-dom
import { waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { hostId } from '#shared/model/ids.ts';
import { fakeHost, serverB, vmNamed } from '../../testing/fakeCluster.ts';
import type { FakeWorld } from '../../testing/fakeWorld.ts';
import { reasonOf } from '../../testing/reasonOf.ts';
import { type PageUnderTest, renderToPage } from '../../testing/renderToPage.tsx';

async function openDialog(under: PageUnderTest, vmName: string) {
  await under.user.click(await under.page.findByRole('link', { name: vmName }));
  const pane = within(await under.page.findByRole('complementary', { name: `Details of ${vmName}` }));
  await under.user.click(pane.getByRole('button', { name: 'Migrate…' }));
  return within(await under.page.findByRole('dialog', { name: `Migrate ${vmName}` }));
}

/** A third host that has no room, and a fourth that does not answer. */
function prepare(world: FakeWorld): void {
  const small = fakeHost(hostId('host-c'), 'server-c', 'ssh://ops@10.77.0.4', world.now);
  if (small.capacity === undefined) throw new Error('a fake host has a capacity');
  const error = { code: 'host-unreachable', message: 'Connect to server-d: no route to host.' } as const;
  world.put(
    { kind: 'host', value: { ...small, capacity: { ...small.capacity, memoryFreeMiB: 512 } } },
    {
      kind: 'host',
      value: {
        ...fakeHost(hostId('host-d'), 'server-d', 'ssh://ops@10.77.0.5', world.now),
        connection: { state: 'unreachable', since: world.now, retryAt: world.now, error },
      },
    },
  );
}

const starts = (under: PageUnderTest) =>
  under.world.calls.filter((call) => call.procedure === 'migrations.start');

describe('the migrate dialog', () => {
  it('lists each host with yes or its reason, and chooses the roomiest beforehand', async () => {
    const under = renderToPage('/vms', { prepare });
    const dialog = await openDialog(under, 'web-03');
    const b = await dialog.findByRole<HTMLInputElement>('radio', { name: 'server-b' });
    expect(b.checked).toBe(true);
    for (const [name, reason] of [
      ['server-c', '448 MiB free for VMs and web-03 needs 2048 MiB'],
      ['server-d', 'server-d does not answer. Reconnect it first.'],
    ] as const) {
      const radio = dialog.getByRole<HTMLInputElement>('radio', { name });
      expect(radio.getAttribute('aria-disabled')).toBe('true');
      await under.user.click(radio);
      expect(radio.checked).toBe(false);
      expect(document.getElementById(radio.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
        reason,
      );
    }
  });

  it('shows the plan with its warnings, gives the order once, and leads to the live view', async () => {
    const under = renderToPage('/vms', { prepare });
    const dialog = await openDialog(under, 'web-03');
    const plan = within(await dialog.findByRole('region', { name: 'Plan' }));
    expect(plan.getAllByRole('listitem')).toHaveLength(6);
    expect(dialog.getByText(/as plaintext/)).toBeDefined();
    expect(dialog.getByText(/"unsafe" flag/)).toBeDefined();
    expect(within(dialog.getByRole('region', { name: 'Other ways' })).getByText('server-c')).toBeDefined();
    await under.user.click(dialog.getByRole('button', { name: 'Migrate web-03 to server-b' }));
    await under.page.findByRole('heading', { name: 'Migrate web-03 from server-a to server-b' });
    expect(location.hash).toBe('#/migrations/task-1');
    expect(starts(under)).toHaveLength(1);
    expect(starts(under)[0]?.input).toMatchObject({
      request: {
        vmId: vmNamed(under.world.vms.values(), 'web-03').id,
        toHostId: serverB,
        options: { copyStorage: false, autoConverge: false, postCopy: false },
      },
      idempotencyKey: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('takes the options into the plan and the order', async () => {
    const under = renderToPage('/vms');
    const dialog = await openDialog(under, 'web-03');
    await under.user.click(await dialog.findByRole('checkbox', { name: /post-copy/ }));
    await under.user.type(dialog.getByLabelText('Bandwidth limit'), '50');
    await under.user.type(dialog.getByLabelText('Allowed downtime'), '100');
    await dialog.findByText(/losing either host or the link between them before the end can lose the VM/);
    await dialog.findByText(/allowed downtime of 100 ms/);
    await under.user.click(dialog.getByRole('button', { name: 'Migrate web-03 to server-b' }));
    await under.page.findByRole('heading', { name: 'Migrate web-03 from server-a to server-b' });
    expect(starts(under)[0]?.input).toMatchObject({
      request: { options: { bandwidthMiBPerSecond: 50, maxDowntimeMs: 100, postCopy: true } },
    });
  });

  it('does not start before the plan is one for what was typed last', async () => {
    const under = renderToPage('/vms');
    const dialog = await openDialog(under, 'web-03');
    await dialog.findByRole('region', { name: 'Plan' });
    const button = dialog.getByRole('button', { name: 'Migrate web-03 to server-b' });
    expect(reasonOf(button)).toBeUndefined();
    await under.user.type(dialog.getByLabelText('Bandwidth limit'), '50');
    expect(reasonOf(button)).toBe('The plan is being made.');
    await waitFor(() => expect(reasonOf(button)).toBeUndefined());
    await under.user.click(button);
    await waitFor(() => expect(starts(under)).toHaveLength(1));
    expect(starts(under)[0]?.input).toMatchObject({ request: { options: { bandwidthMiBPerSecond: 50 } } });
  });

  it('says how to write a number, and does not start meanwhile', async () => {
    const under = renderToPage('/vms');
    const dialog = await openDialog(under, 'web-03');
    await dialog.findByRole('region', { name: 'Plan' });
    await under.user.type(dialog.getByLabelText('Bandwidth limit'), 'fast');
    expect(dialog.getByText(/Write a whole number from 1 to 1,000,000 MiB\/s/)).toBeDefined();
    const order = dialog.getByRole('button', { name: /^Migrate web-03/ });
    await waitFor(() =>
      expect(reasonOf(order)).toBe('One of the options cannot be read; it says how to write it.'),
    );
    await under.user.click(order);
    expect(starts(under)).toHaveLength(0);
  });

  it('shows why the order was refused, and stays', async () => {
    const under = renderToPage('/vms');
    const dialog = await openDialog(under, 'web-03');
    await dialog.findByRole('region', { name: 'Plan' });
    // The host fills up between the plan and the order, before anybody was told.
    const b = under.world.host(serverB);
    if (b.capacity === undefined) throw new Error('a fake host has a capacity');
    under.world.hosts.set(serverB, { ...b, capacity: { ...b.capacity, memoryFreeMiB: 100 } });
    await under.user.click(dialog.getByRole('button', { name: 'Migrate web-03 to server-b' }));
    expect((await dialog.findByRole('alert')).textContent).toContain('server-b has 36 MiB free for VMs');
    expect(location.hash).not.toContain('migrations');
  });

  it('is not offered where no host can take the VM, and says why', async () => {
    const under = renderToPage('/vms');
    await under.user.click(await under.page.findByRole('link', { name: 'build-runner' }));
    const button = await under.page.findByRole('button', { name: 'Migrate…' });
    expect(reasonOf(button)).toBe(
      'build-runner is inactive; only an active VM can be migrated live. Start it first.',
    );
    await under.user.click(button);
    expect(under.page.queryByRole('dialog')).toBeNull();
  });
});
