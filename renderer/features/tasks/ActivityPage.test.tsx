// @vitest-environment happy-dom
import { waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fakeClusterId, serverA } from '../../testing/fakeCluster.ts';
import { stage } from '../../testing/fakeScenes.ts';
import { renderToPage } from '../../testing/renderToPage.tsx';

describe('Activity', () => {
  it('finds the failed task, its reason, what to do, who asked, and the whole log', async () => {
    const under = renderToPage('/activity', { prepare: (world) => stage(world, 'history') });
    await under.user.click(await under.page.findByRole('button', { name: 'Failed 1' }));
    const table = within(under.page.getByRole('table', { name: 'Activity' }));
    expect(table.getAllByRole('link')).toHaveLength(1);
    await under.user.click(table.getByRole('link'));
    const pane = within(await under.page.findByRole('complementary', { name: /^Details of Migrate web-01/ }));
    expect(pane.getByRole('alert').textContent).toContain(
      'Open the ports from 49152 on in the firewall of server-b.',
    );
    expect(pane.getByText('maria, desktop app')).toBeDefined();
    expect(within(pane.getByRole('list', { name: /^Log of/ })).getAllByRole('listitem')).toHaveLength(3);
    expect(pane.getAllByText('not reached')).toHaveLength(4);
    await under.user.click(pane.getByRole('button', { name: 'Show its six steps' }));
    expect(location.hash).toBe('#/migrations/task-failed');
  });

  it('closes the pane with Escape and keeps the view', async () => {
    const under = renderToPage('/activity/task-failed?show=failed', {
      prepare: (world) => stage(world, 'history'),
    });
    const pane = await under.page.findByRole('complementary', { name: /^Details of/ });
    within(pane)
      .getByRole('button', { name: /^Close details/ })
      .focus();
    await under.user.keyboard('{Escape}');
    expect(under.page.queryByRole('complementary')).toBeNull();
    expect(location.hash).toBe('#/activity?show=failed');
  });

  it('finds what is older than the page knows, by its day and its words, and reads on to the first', async () => {
    const under = renderToPage('/activity', {
      prepare(world) {
        stage(world, 'history');
        world.longestPage = 12;
        for (let day = 1; day <= 14; day += 1) {
          world.olderEvents.push({
            id: `event-${String(1000 - day).padStart(6, '0')}`,
            at: world.now - day * 24 * 3_600_000,
            clusterAt: 0,
            kind: 'vm-stopped',
            clusterId: fakeClusterId,
            hostIds: [serverA],
            text: day === 1 ? 'web-02 stopped: its guest crashed.' : `night-${day} stopped.`,
          });
        }
      },
    });
    const table = within(await under.page.findByRole('table', { name: 'Activity' }));
    await table.findByText('night-6 stopped.');
    expect(table.queryByText('night-14 stopped.')).toBeNull();
    await under.user.click(under.page.getByRole('button', { name: 'Show earlier' }));
    await table.findByText('night-14 stopped.');
    expect(under.page.queryByRole('button', { name: 'Show earlier' })).toBeNull();

    await under.user.selectOptions(under.page.getByRole('combobox', { name: 'When' }), 'yesterday');
    await waitFor(() => expect(table.queryByText('night-2 stopped.')).toBeNull());
    expect(table.getByRole('rowheader', { name: /^Yesterday, / })).toBeDefined();
    expect(table.getByRole('row', { name: /web-02 stopped Stopped its guest crashed\./ })).toBeDefined();
    expect(location.hash).toContain('time=yesterday');

    // Of another day.
    await under.user.click(under.page.getByRole('searchbox', { name: 'Filter the activity' }));
    await under.user.paste('firewall');
    await under.user.selectOptions(under.page.getByRole('combobox', { name: 'When' }), '');
    await waitFor(() => expect(table.getAllByRole('link')).toHaveLength(1));
    expect(table.getByRole('link').textContent).toMatch(/^Migrate web-01/);
  });

  it('asks again for what failed, and shows what is made of it', async () => {
    const under = renderToPage('/activity/task-failed', { prepare: (world) => stage(world, 'history') });
    const pane = within(await under.page.findByRole('complementary', { name: /^Details of Migrate web-01/ }));
    await under.user.click(pane.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(location.hash).toMatch(/^#\/migrations\/task-\d+$/));
  });

  it('says in the menu why a task that succeeded is not tried again', async () => {
    const under = renderToPage('/activity', { prepare: (world) => stage(world, 'history') });
    const [done] = await under.page.findAllByRole('row', { name: /Done/ });
    if (done === undefined) throw new Error('no task is done');
    await under.user.click(within(done).getByRole('button', { name: /^Actions of/ }));
    const retry = await under.page.findByRole('menuitem', { name: /^Try it again/ });
    expect(retry.textContent).toContain('It succeeded, so there is nothing to try again.');
  });

  it('says what would be here', async () => {
    const under = renderToPage('/activity');
    expect(await under.page.findByText('Nothing has been asked of Drover yet')).toBeDefined();
  });
});
