// @vitest-environment happy-dom
import { act, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { serverA, vmNamed } from '../testing/fakeCluster.ts';
import { stage } from '../testing/fakeScenes.ts';
import { renderToPage } from '../testing/renderToPage.tsx';
import { setPreferences } from './preferences.ts';

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

  it('finds a VM by its name from anywhere, by the keyboard alone', async () => {
    const under = renderToPage('/activity');
    await under.page.findByRole('heading', { level: 1, name: 'Activity' });
    await under.user.keyboard('{Control>}k{/Control}');
    const field = await under.page.findByRole('combobox', { name: /^Find a page/ });
    expect(document.activeElement).toBe(field);
    await under.user.keyboard('base{Enter}');
    await under.page.findByRole('complementary', { name: 'Details of database-01' });
    expect(under.page.queryByRole('dialog')).toBeNull();
  });

  it('does with a VM what its menu does, and says there why it cannot do the rest', async () => {
    const under = renderToPage('/vms');
    await under.page.findByRole('link', { name: 'web-01' });
    await under.user.keyboard('{Control>}k{/Control}');
    await under.page.findByRole('combobox', { name: /^Find a page/ });
    await under.user.keyboard('build-r{ArrowRight}');
    const inside = await under.page.findByRole('combobox', { name: 'Actions of build-runner' });
    await under.user.type(inside, 'migrate');
    const [migrate] = under.page.getAllByRole('option', { name: /^Migrate build-runner/ });
    expect(migrate?.getAttribute('aria-disabled')).toBe('true');
    expect(migrate?.textContent).toContain('only an active VM can be migrated live');
    await under.user.keyboard('{Enter}');
    expect(under.page.getByRole('combobox', { name: 'Actions of build-runner' })).toBeDefined();
    await under.user.clear(inside);
    await under.user.keyboard('{ArrowLeft}');
    await under.user.keyboard('web-03{ArrowRight}pause{Enter}');
    await waitFor(() =>
      expect(under.world.calls).toContainEqual({
        procedure: 'vms.act',
        input: expect.objectContaining({ action: { verb: 'pause' } }),
      }),
    );
  });

  it('offers what was used lately first', async () => {
    const under = renderToPage('/hosts');
    await under.page.findByRole('link', { name: 'server-a' });
    await under.user.keyboard('{Control>}k{/Control}');
    await under.page.findByRole('combobox', { name: /^Find a page/ });
    await under.user.keyboard('database{Enter}');
    await under.page.findByRole('complementary', { name: 'Details of database-01' });
    await under.user.keyboard('{Control>}k{/Control}');
    const [first] = await under.page.findAllByRole('option');
    expect(first?.textContent).toMatch(/^database-01.*used lately$/);
  });

  it('goes by keys, of the page and of what is on it, unless somebody writes or has turned them off', async () => {
    const under = renderToPage('/overview');
    await under.page.findByRole('heading', { level: 1, name: 'Overview' });
    await under.user.keyboard('gv');
    await under.page.findByRole('heading', { level: 1, name: 'Virtual machines' });
    await under.user.click(under.page.getByRole('link', { name: 'web-03' }));
    await under.page.findByRole('complementary', { name: 'Details of web-03' });
    await under.user.keyboard('m');
    await under.page.findByRole('dialog', { name: 'Migrate web-03' });
    await under.user.keyboard('gh{Escape}');
    await waitFor(() => expect(under.page.queryByRole('dialog')).toBeNull());
    expect(location.hash).toMatch(/^#\/vms\//);
    await under.user.keyboard('?');
    const keys = within(await under.page.findByRole('dialog', { name: 'Keyboard shortcuts' }));
    expect(within(keys.getByRole('region', { name: 'web-03' })).getByText('Migrate web-03')).toBeDefined();
    await under.user.click(keys.getByRole('checkbox', { name: /^Single keys act/ }));
    await under.user.click(keys.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(under.page.queryByRole('dialog')).toBeNull());
    await under.user.keyboard('gh');
    expect(location.hash).toMatch(/^#\/vms\//);
    act(() => setPreferences({ singleKeys: true }));
  });

  it('tells a screen reader which task has ended, and how', async () => {
    const under = renderToPage('/hosts', { prepare: (world) => stage(world, 'migrating') });
    await under.page.findByRole('link', { name: 'server-a' });
    const ended = under.page.getByRole('status', { name: 'Tasks that ended' });
    expect(ended.textContent).toBe('');
    act(() => under.world.advance(3_600_000));
    await waitFor(() =>
      expect(ended.textContent).toMatch(/^Migrate web-03 from server-a to server-b: done\./),
    );
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
