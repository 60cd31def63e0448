// @vitest-environment happy-dom
import { act, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { serverA, vmNamed } from '../testing/fakeCluster.ts';
import { stage } from '../testing/fakeScenes.ts';
import { renderToPage } from '../testing/renderToPage.tsx';

describe('the frame', () => {
  it('greets with what Drover is and one thing to do', async () => {
    const under = renderToPage('/', { empty: true });
    await under.page.findByRole('heading', {
      level: 1,
      name: /Move virtual machines between your Linux hosts/,
    });
    expect(under.page.getByRole('button', { name: 'Add a host' })).toBeDefined();
    expect(under.page.getByRole('status', { name: 'Connection to Drover: Live' })).toBeDefined();
  });

  it('leads to every page that exists, and only to those', async () => {
    const under = renderToPage('/');
    const rail = within(await under.page.findByRole('navigation', { name: 'Pages' }));
    await under.page.findByRole('heading', { level: 1, name: 'Overview' });
    for (const name of ['Hosts', 'Virtual machines', 'Migrations', 'Activity', 'Overview']) {
      await under.user.click(rail.getByRole('link', { name }));
      expect(await under.page.findByRole('heading', { level: 1, name })).toBeDefined();
      expect(rail.getByRole('link', { current: 'page' }).textContent).toBe(name);
    }
    expect(rail.getAllByRole('link')).toHaveLength(5);
  });

  it('says that it lost its backend, keeps the last known, and comes back', async () => {
    const under = renderToPage('/hosts');
    await under.page.findByRole('link', { name: 'server-a' });
    act(() => under.backend.cut('it was killed'));
    expect(under.page.getByRole('alert').textContent).toMatch(
      /^Not connected to Drover since .*: it was killed\. What is shown is the last that was known\./,
    );
    expect(under.page.getByRole('link', { name: 'server-a' })).toBeDefined();
    await under.user.click(under.page.getByRole('button', { name: 'Try now' }));
    await under.page.findByRole('status', { name: 'Connection to Drover: Live' });
    expect(under.page.queryByRole('alert')).toBeNull();
  });

  it('shows what changed although a message was lost on the way', async () => {
    const under = renderToPage('/hosts');
    await under.page.findByRole('link', { name: 'server-a' });
    const host = under.world.host(serverA);
    act(() => {
      under.world.feed.loseNext(1);
      under.world.put({ kind: 'host', value: { ...host, name: 'renamed' } });
      under.world.put({ kind: 'vm', value: vmNamed(under.world.vms.values(), 'web-01') });
    });
    expect(await under.page.findByRole('link', { name: 'renamed' })).toBeDefined();
  });

  it('finds a VM by its name from anywhere', async () => {
    const under = renderToPage('/activity');
    await under.user.type(await under.page.findByRole('combobox', { name: 'Find a host or VM' }), 'base');
    await under.user.click(await under.page.findByRole('option', { name: /database-01/ }));
    await under.page.findByRole('complementary', { name: 'Details of database-01' });
  });

  it('says in its strip what runs, and lists the latest tasks on request', async () => {
    const under = renderToPage('/hosts', { prepare: (world) => stage(world, 'migrating') });
    const strip = within(await under.page.findByRole('region', { name: 'Tasks' }));
    const button = await strip.findByRole('button', { name: /Running.*Migrate web-03/ });
    expect(button.getAttribute('aria-expanded')).toBe('false');
    await under.user.click(button);
    await under.user.click(strip.getByRole('link', { name: 'Migrate web-01 from server-a to server-b' }));
    expect(location.hash).toBe('#/migrations/task-failed');
  });

  it('puts what needs attention first, with its verb', async () => {
    const under = renderToPage('/overview', { prepare: (world) => stage(world, 'trouble') });
    const section = within(await under.page.findByRole('region', { name: 'Needs attention' }));
    expect(section.getAllByRole('listitem').map((item) => item.querySelector('strong')?.textContent)).toEqual(
      ['Migrate web-01 from server-a to server-b: undecided', 'server-b does not answer', 'web-01 is paused'],
    );
    await under.user.click(section.getByRole('button', { name: 'Reconnect server-b…' }));
    const dialog = within(await under.page.findByRole('dialog', { name: 'Reconnect server-b' }));
    expect(dialog.getByRole('alert').textContent).toContain('no route to host');
  });

  it('changes its theme', async () => {
    const under = renderToPage('/hosts');
    await under.user.click(await under.page.findByRole('button', { name: /^Theme:/ }));
    await under.user.click(await under.page.findByRole('menuitemradio', { name: 'Dark' }));
    expect(document.documentElement.dataset['theme']).toBe('dark');
    await under.user.click(under.page.getByRole('button', { name: 'Theme: Dark' }));
    await under.user.click(await under.page.findByRole('menuitemradio', { name: 'Light' }));
    expect(document.documentElement.dataset['theme']).toBe('light');
  });
});
