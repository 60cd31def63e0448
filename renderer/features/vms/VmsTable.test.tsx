// @vitest-environment happy-dom
import { act, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { usePreferences } from '../../app/preferences.ts';
import { serverB, vmNamed } from '../../testing/fakeCluster.ts';
import { type PageUnderTest, renderToPage } from '../../testing/renderToPage.tsx';

async function names(under: PageUnderTest): Promise<readonly (string | null)[]> {
  const table = within(await under.page.findByRole('table', { name: 'Virtual machines' }));
  await table.findAllByRole('link');
  return table.getAllByRole('link').map((link) => link.textContent);
}

const titles = (under: PageUnderTest): readonly (string | null)[] =>
  under.page.getAllByRole('columnheader').map((title) => title.getAttribute('data-key'));

describe('the filter of VMs', () => {
  it('makes chips of what is typed, which can be changed and removed; the address has it all', async () => {
    const under = renderToPage('/vms');
    await names(under);
    const field = under.page.getByRole('combobox', { name: 'Filter VMs' });
    await under.user.type(field, 'state:paused,active host:*-b ');
    expect(await names(under)).toEqual(['batch-01', 'web-02']);
    expect(location.hash).toBe('#/vms?filter=state%3Apaused%2Cactive+host%3A*-b');
    await under.user.click(under.page.getByRole('button', { name: 'Remove host:*-b' }));
    expect(await names(under)).toHaveLength(5);
    // Backspace opens the last chip again, to be typed on.
    await under.user.type(
      field,
      '{Backspace}{Backspace}{Backspace}{Backspace}{Backspace}{Backspace}{Backspace}',
    );
    expect(await names(under)).toEqual(['batch-01']);
  });

  it('says which keys there are, and hides no row for a wrong one', async () => {
    const under = renderToPage('/vms?filter=stat:paused');
    expect(await names(under)).toHaveLength(6);
    expect(under.page.getByText(/There is no key "stat" for a VM/).textContent).toContain(
      'name, state, host',
    );
    expect(under.page.queryByRole('button', { name: 'Remove stat:paused' })).toBeNull();
  });

  it('suggests what occurs, by the keyboard', async () => {
    const under = renderToPage('/vms');
    await names(under);
    await under.user.type(under.page.getByRole('combobox', { name: 'Filter VMs' }), 'state:');
    const option = await under.page.findByRole('option', { name: /state:paused/ });
    expect(option.textContent).toContain('1');
    await under.user.keyboard('{ArrowUp}{Enter}');
    await under.page.findByRole('button', { name: /^Remove state:/ });
    expect(location.hash).toMatch(/filter=state%3A\w+$/);
  });

  it('is chosen from a menu of what occurs', async () => {
    const under = renderToPage('/vms');
    await names(under);
    await under.user.click(under.page.getByRole('button', { name: 'Choose filters' }));
    await under.user.click(await under.page.findByRole('menuitem', { name: /^state/ }));
    await under.user.click(await under.page.findByRole('menuitemcheckbox', { name: /paused/ }));
    await under.user.click(await under.page.findByRole('menuitemcheckbox', { name: /inactive/ }));
    expect(await names(under)).toEqual(['batch-01', 'build-runner']);
    expect(location.hash).toBe('#/vms?filter=state%3Apaused%2Cinactive');
  });
});

describe('the order of live rows', () => {
  it('stands still while the pointer is on the table, and is made up afterwards', async () => {
    const under = renderToPage('/vms?sort=state&filter=web');
    expect(await names(under)).toEqual(['web-01', 'web-02', 'web-03']);
    const table = under.page.getByRole('table', { name: 'Virtual machines' });
    await under.user.hover(table);
    const changed = vmNamed(under.world.vms.values(), 'web-01');
    act(() => under.world.put({ kind: 'vm', value: { ...changed, state: 'suspended' } }));
    await within(table).findByText('Suspended');
    expect(await names(under)).toEqual(['web-01', 'web-02', 'web-03']);
    await under.user.unhover(table);
    await waitFor(async () => expect(await names(under)).toEqual(['web-02', 'web-03', 'web-01']));
  });
});

describe('the columns of the table', () => {
  it('are chosen, moved and widened by the keyboard, kept, and as usual again', async () => {
    const under = renderToPage('/vms');
    await names(under);
    expect(titles(under)).toEqual([null, 'name', 'state', 'host', 'vcpus', 'cpu', 'memory', null]);
    under.page.getByRole('button', { name: 'Host' }).focus();
    await under.user.keyboard('{Alt>}{Shift>}{ArrowLeft}{/Shift}{/Alt}');
    expect(titles(under).slice(1, 4)).toEqual(['name', 'host', 'state']);
    expect(document.activeElement).toBe(under.page.getByRole('button', { name: 'Host' }));
    await under.user.keyboard('{Shift>}{ArrowRight}{/Shift}');
    await under.user.click(under.page.getByRole('button', { name: 'Columns of Virtual machines' }));
    const panel = within(await under.page.findByRole('dialog', { name: 'Columns of Virtual machines' }));
    await under.user.click(panel.getByRole('checkbox', { name: 'UUID' }));
    await under.user.click(panel.getByRole('checkbox', { name: 'vCPUs' }));
    expect(titles(under)).toEqual([null, 'name', 'host', 'state', 'cpu', 'memory', 'uuid', null]);
    expect(usePreferences.getState().tables['Virtual machines']).toMatchObject({
      shown: { uuid: true, vcpus: false },
      widths: { host: 108 },
    });
    await under.user.click(panel.getByRole('button', { name: 'As usual again' }));
    expect(titles(under)).toEqual([null, 'name', 'state', 'host', 'vcpus', 'cpu', 'memory', null]);
  });
});

describe('many VMs at once', () => {
  it('are chosen one by one, in a range, and all that are shown', async () => {
    const under = renderToPage('/vms?filter=web');
    await names(under);
    const box = (name: string) => under.page.getByRole('checkbox', { name: `Choose ${name}` });
    await under.user.click(box('web-01'));
    await under.user.keyboard('{Shift>}');
    await under.user.click(box('web-03'));
    await under.user.keyboard('{/Shift}');
    expect(under.page.getByText('3 VMs chosen')).toBeDefined();
    await under.user.click(box('web-02'));
    expect(under.page.getByText('2 VMs chosen')).toBeDefined();
    under.page.getByRole('link', { name: 'web-02' }).focus();
    await under.user.keyboard('{Control>}a{/Control}');
    expect(under.page.getByText('3 VMs chosen')).toBeDefined();
    await under.user.click(under.page.getByRole('button', { name: 'Choose no VM' }));
    expect(under.page.queryByText(/VMs chosen/)).toBeNull();
  });

  it('are paused with one confirmation; who is left out is said with the reason, and each outcome stays', async () => {
    const under = renderToPage('/vms');
    await names(under);
    await under.user.click(under.page.getByRole('checkbox', { name: 'Choose all 6 shown' }));
    await under.user.click(under.page.getByRole('button', { name: 'Pause 4 of 6 VMs' }));
    const dialog = within(await under.page.findByRole('dialog', { name: 'Pause 4 VMs?' }));
    expect(dialog.getByRole('list', { name: 'Left out' }).textContent).toContain(
      'batch-01 is paused already.',
    );
    // One of them is taken by somebody else between the question and the order.
    const taken = vmNamed(under.world.vms.values(), 'web-02');
    under.world.put({ kind: 'vm', value: { ...taken, state: 'inactive', reason: 'shutdown' } });
    await under.user.click(dialog.getByRole('button', { name: 'Pause 4 VMs' }));
    const outcome = within(await under.page.findByRole('region', { name: 'Outcome: Pause 4 VMs' }));
    expect((await outcome.findByText('1 failed, 3 done')).getAttribute('role')).toBe('status');
    expect(outcome.getByText(/Pause web-02/).textContent).toContain('web-02 is inactive');
    // What is left to do with: only the one.
    await under.user.click(outcome.getByRole('button', { name: 'Choose the failed' }));
    expect(under.page.getByText('1 VM chosen')).toBeDefined();
    await under.user.click(outcome.getByRole('button', { name: 'Close' }));
    expect(under.page.queryByRole('region', { name: /^Outcome/ })).toBeNull();
  });

  it('are migrated each by a task of its own, to the host that is chosen for all', async () => {
    const under = renderToPage('/vms');
    await names(under);
    const moved = ['web-01', 'web-03'].map((name) => vmNamed(under.world.vms.values(), name).id);
    await under.user.click(under.page.getByRole('checkbox', { name: 'Choose all 6 shown' }));
    await under.user.click(under.page.getByRole('button', { name: /^Migrate / }));
    const dialog = within(await under.page.findByRole('dialog', { name: /^Migrate / }));
    await under.user.click(dialog.getByRole('combobox', { name: 'Where to' }));
    await under.user.click(await under.page.findByRole('option', { name: 'server-b' }));
    const leftOut = dialog.getByRole('list', { name: 'Left out' }).textContent;
    expect(leftOut).toContain('web-02 already runs on server-b.');
    expect(leftOut).toContain('database-01 needs 8192 MiB');
    await under.user.click(dialog.getByRole('button', { name: 'Migrate 2 VMs' }));
    await waitFor(() => {
      const given = under.world.calls.filter(({ procedure }) => procedure === 'migrations.start');
      expect(given.map(({ input }) => input)).toMatchObject(
        moved.map((id) => ({ request: { vmId: id, toHostId: serverB } })),
      );
    });
  });

  it('say why a verb is for none of them', async () => {
    const under = renderToPage('/vms?filter=web');
    await names(under);
    await under.user.click(under.page.getByRole('checkbox', { name: 'Choose web-01' }));
    const button = under.page.getByRole('button', { name: 'Resume' });
    expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      'web-01 is active, not paused.',
    );
  });
});

describe('a page of its own', () => {
  it('shows the VM across, and leads back to the list as it was', async () => {
    const under = renderToPage('/vms?filter=web&sort=-host');
    await names(under);
    await under.user.click(under.page.getByRole('link', { name: 'web-02' }));
    await under.user.click(await under.page.findByRole('link', { name: 'Open web-02 as a page' }));
    await under.page.findByRole('heading', { level: 1, name: 'web-02' });
    expect(under.page.getByRole('tab', { name: 'Configuration' })).toBeDefined();
    await under.user.click(under.page.getByRole('link', { name: 'Back to Virtual machines' }));
    await under.page.findByRole('complementary', { name: 'Details of web-02' });
    expect((await names(under))[0]).toBe('web-02');
    expect(location.hash).toContain('?filter=web&sort=-host');
  });

  it('does the same for a host, and says where there is none', async () => {
    const under = renderToPage(`/hosts/${serverB}/page`);
    await under.page.findByRole('heading', { level: 1, name: 'server-b' });
    expect(under.page.getByRole('region', { name: 'Machine' })).toBeDefined();
    location.hash = '#/vms/gone/page';
    await under.page.findByText('No VM has this address');
  });
});
