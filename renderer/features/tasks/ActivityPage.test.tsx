// @vitest-environment happy-dom
import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
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

  it('says what would be here', async () => {
    const under = renderToPage('/activity');
    expect(await under.page.findByText('Nothing has been asked of Drover yet')).toBeDefined();
  });
});
