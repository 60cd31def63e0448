// @vitest-environment happy-dom
import { act, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { vmNamed } from '../../testing/fakeCluster.ts';
import { reasonOf } from '../../testing/reasonOf.ts';
import { type PageUnderTest, renderToPage } from '../../testing/renderToPage.tsx';

async function open(name: string, options: Parameters<typeof renderToPage>[1] = {}) {
  const under = renderToPage('/vms', options);
  await under.user.click(await under.page.findByRole('link', { name }));
  const pane = within(await under.page.findByRole('complementary', { name: `Details of ${name}` }));
  return { under, pane };
}

const state = (under: PageUnderTest, name: string) => vmNamed(under.world.vms.values(), name).state;

describe('the life of a VM in its pane', () => {
  it('lights the moves from its state, and says of the others why not', async () => {
    const { under, pane } = await open('web-01');
    for (const name of ['Pause web-01', 'Suspend web-01', 'Shut down web-01', 'Force off web-01']) {
      expect(pane.getByRole('button', { name }).getAttribute('aria-disabled')).toBe('false');
    }
    const start = pane.getByRole('button', { name: 'Start web-01' });
    expect(start.getAttribute('aria-disabled')).toBe('true');
    expect(reasonOf(start)).toBe('web-01 is active already.');
    await under.user.click(start);
    expect(under.world.calls).toEqual([]);
    await under.user.click(pane.getByRole('button', { name: 'Pause web-01' }));
    await waitFor(() => expect(state(under, 'web-01')).toBe('paused'));
    await waitFor(() =>
      expect(reasonOf(pane.getByRole('button', { name: 'Pause web-01' }))).toMatch(/paused already/),
    );
  });

  it('says what forcing off loses, and Cancel is the default', async () => {
    const { under, pane } = await open('web-01');
    await under.user.click(pane.getByRole('button', { name: 'Force off web-01' }));
    const dialog = within(await under.page.findByRole('alertdialog', { name: 'Force off web-01?' }));
    expect(dialog.getByText(/not yet written to its disks is lost/)).toBeDefined();
    expect(document.activeElement).toBe(dialog.getByRole('button', { name: 'Cancel' }));
    await under.user.keyboard('{Enter}');
    await waitFor(() => expect(under.page.queryByRole('alertdialog')).toBeNull());
    expect(under.world.calls).toEqual([]);
    await under.user.click(pane.getByRole('button', { name: 'Force off web-01' }));
    const again = within(await under.page.findByRole('alertdialog'));
    await under.user.click(again.getByRole('button', { name: 'Force off web-01' }));
    await waitFor(() => expect(state(under, 'web-01')).toBe('inactive'));
  });

  it('shows how a shut-down waits, and offers what to do when the guest ignored it', async () => {
    const { under, pane } = await open('web-01', {
      prepare: (world) => world.life.deaf.add(vmNamed(world.vms.values(), 'web-01').id),
    });
    await under.user.click(pane.getByRole('button', { name: 'Shut down web-01' }));
    const dialog = within(await under.page.findByRole('dialog', { name: 'Shut down web-01?' }));
    await under.user.click(dialog.getByRole('button', { name: 'Shut down web-01' }));
    expect(await pane.findByText(/0 s of at most 120 s/)).toBeDefined();
    expect(pane.getByText('Shutting down')).toBeDefined();
    act(() => under.world.advance(121_000));
    expect(await pane.findByText(/still runs/)).toBeDefined();
    expect(pane.getByRole('button', { name: 'Ask again' })).toBeDefined();
    await under.user.click(pane.getByRole('button', { name: 'Dismiss' }));
    expect(pane.queryByText(/still runs/)).toBeNull();
  });

  it('says in place what the backend refuses although the page thought otherwise', async () => {
    const { under, pane } = await open('web-01');
    const { id } = vmNamed(under.world.vms.values(), 'web-01');
    under.world.life.act = () => {
      throw new Error('no');
    };
    await under.user.click(pane.getByRole('button', { name: 'Pause web-01' }));
    expect(await pane.findByRole('alert')).toBeDefined();
    expect(under.world.vms.get(id)?.state).toBe('active');
  });

  it('has the same actions on each row, by button and right click, with their reasons', async () => {
    const under = renderToPage('/vms');
    const link = await under.page.findByRole('link', { name: 'build-runner' });
    await under.user.pointer({ keys: '[MouseRight]', target: link });
    const menu = within(await under.page.findByRole('menu', { name: 'Actions of build-runner' }));
    const items = menu.getAllByRole('menuitem');
    expect(items.map((item) => item.firstElementChild?.textContent)).toEqual([
      'Start',
      'Open console',
      'Reboot',
      'Reset…',
      'Migrate…',
      'Rename…',
      'Start with its host',
      'Undefine…',
    ]);
    const rename = items[5];
    expect(rename && reasonOf(rename)).toMatch(/has snapshots/);
    await under.user.click(menu.getByRole('menuitem', { name: 'Start' }));
    await waitFor(() => expect(state(under, 'build-runner')).toBe('active'));
    await under.user.click(under.page.getByRole('button', { name: 'Actions of batch-01' }));
    expect(await under.page.findByRole('menu', { name: 'Actions of batch-01' })).toBeDefined();
  });

  it('refuses a name while it is typed, and gives a free one', async () => {
    const { under, pane } = await open('build-runner', {
      prepare: (world) => {
        const vm = vmNamed(world.vms.values(), 'build-runner');
        world.put({ kind: 'vm', value: { ...vm, hasSnapshots: false } });
      },
    });
    await under.user.click(pane.getByRole('button', { name: 'More actions of build-runner' }));
    await under.user.click(await under.page.findByRole('menuitem', { name: 'Rename…' }));
    const dialog = within(await under.page.findByRole('dialog', { name: 'Rename build-runner' }));
    const field = dialog.getByRole('textbox', { name: 'New name' });
    await under.user.clear(field);
    await under.user.type(field, 'web-02');
    expect(dialog.getByText(/is called web-02 already/)).toBeDefined();
    await under.user.type(field, 'b{Enter}');
    expect(await under.page.findByRole('link', { name: 'web-02b' })).toBeDefined();
  });
});
