// @vitest-environment happy-dom
import { act, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fakeVms, serverB, vmNamed } from '../../testing/fakeCluster.ts';
import { type PageUnderTest, renderToPage } from '../../testing/renderToPage.tsx';

async function names(under: PageUnderTest): Promise<readonly (string | null)[]> {
  const table = within(await under.page.findByRole('table', { name: 'Virtual machines' }));
  await table.findAllByRole('link');
  return table.getAllByRole('link').map((link) => link.textContent);
}

describe('the list of VMs', () => {
  it('filters by any word and keeps the filter in the address', async () => {
    const under = renderToPage('/vms');
    await names(under);
    await under.user.type(under.page.getByRole('combobox', { name: 'Filter VMs' }), 'server-b active');
    expect(await names(under)).toEqual(['build-runner', 'web-02']);
    expect(location.hash).toBe('#/vms?filter=server-b+active');
    await under.user.click(under.page.getByRole('link', { name: 'web-02' }));
    expect(location.hash).toContain('?filter=server-b+active');
    await under.page.findByRole('complementary', { name: 'Details of web-02' });
    await under.user.clear(under.page.getByRole('combobox', { name: 'Filter VMs' }));
    expect(await names(under)).toHaveLength(fakeVms.length);
  });

  it('says that nothing matches and offers the way back', async () => {
    const under = renderToPage('/vms?filter=nothing');
    await under.user.click(await under.page.findByRole('button', { name: 'Clear the filter' }));
    expect(await names(under)).toHaveLength(fakeVms.length);
  });

  it('sorts by a column, the other way on the second click', async () => {
    const under = renderToPage('/vms');
    expect(await names(under)).toEqual([
      'batch-01',
      'build-runner',
      'database-01',
      'web-01',
      'web-02',
      'web-03',
    ]);
    await under.user.click(under.page.getByRole('button', { name: 'vCPUs' }));
    await under.user.click(under.page.getByRole('button', { name: 'vCPUs' }));
    expect((await names(under)).slice(0, 2)).toEqual(['build-runner', 'database-01']);
    expect(under.page.getByRole('columnheader', { name: 'vCPUs' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
  });

  it('changes a row in place when its VM changes', async () => {
    const under = renderToPage('/vms');
    const link = await under.page.findByRole('link', { name: 'web-01' });
    const row = within(link.closest('tr') ?? document.body);
    expect(row.getByText('Active')).toBeDefined();
    act(() =>
      under.world.put({
        kind: 'vm',
        value: { ...vmNamed(under.world.vms.values(), 'web-01'), state: 'suspended' },
      }),
    );
    expect(await row.findByText('Suspended')).toBeDefined();
  });

  it('resumes a paused VM', async () => {
    const under = renderToPage('/vms');
    await under.user.click(await under.page.findByRole('link', { name: 'batch-01' }));
    await under.user.click(await under.page.findByRole('button', { name: 'Resume batch-01' }));
    const pane = within(under.page.getByRole('complementary', { name: 'Details of batch-01' }));
    // Above, and in the drawing of its states.
    await waitFor(() => expect(pane.getAllByText('Active')).toHaveLength(2));
    expect(under.world.calls).toMatchObject([{ procedure: 'vms.act' }]);
  });

  it('refuses to resume a VM that a migration paused while the other host was not asked', async () => {
    const under = renderToPage('/vms', {
      prepare: (world) => {
        const error = { code: 'host-unreachable', message: 'no route to host' } as const;
        const connection = { state: 'unreachable', since: 0, retryAt: 0, error } as const;
        world.put(
          {
            kind: 'vm',
            value: { ...vmNamed(world.vms.values(), 'web-01'), state: 'paused', reason: 'migration' },
          },
          { kind: 'host', value: { ...world.host(serverB), connection } },
        );
      },
    });
    await under.user.click(await under.page.findByRole('link', { name: 'web-01' }));
    const button = await under.page.findByRole('button', { name: 'Resume web-01' });
    expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
      'may run on server-b, which has not been asked',
    );
    await under.user.click(button);
    expect(under.world.calls).toEqual([]);
  });
});
