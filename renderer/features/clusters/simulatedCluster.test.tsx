// @vitest-environment happy-dom
import { act, fireEvent, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { type ClusterId, clusterId } from '#shared/model/ids.ts';
import { type PageUnderTest, renderToPage, testNow } from '../../testing/renderToPage.tsx';

const id: ClusterId = clusterId('simulated-1');
const simulated = { empty: true, simulated: true } as const;

/** Right-clicks the row of a host or VM and chooses from its menu. */
async function choose(under: PageUnderTest, row: string, words: string): Promise<void> {
  fireEvent.contextMenu(await under.page.findByRole('link', { name: row }), { clientX: 20, clientY: 20 });
  await under.user.click(await under.page.findByRole('menuitem', { name: words }));
}

describe('the first run', () => {
  it('starts a simulated cluster by one click, and offers a move to watch by the next', async () => {
    const under = renderToPage('/', { empty: true });
    await under.user.click(await under.page.findByRole('button', { name: 'Try a simulated cluster' }));
    expect(under.world.calls).toMatchObject([
      { procedure: 'clusters.addSimulated', input: { scenario: 'two-servers' } },
    ]);
    await under.user.click(
      await under.page.findByRole('button', { name: 'Move database-01 to server-a and watch it' }),
    );
    const dialog = within(await under.page.findByRole('dialog', { name: 'Migrate database-01' }));
    expect((await dialog.findByRole<HTMLInputElement>('radio', { name: 'server-a' })).checked).toBe(true);
  });

  it('says in place why it could not be started, and lets it be tried again', async () => {
    const under = renderToPage('/', {
      empty: true,
      prepare: (world) => {
        world.simulation.refuseNext({
          code: 'world-stopped',
          message: 'Start Two servers: its process ended at once. Look into world.log.',
          next: 'Look into world.log.',
        });
      },
    });
    const verb = { name: 'Try a simulated cluster' };
    await under.user.click(await under.page.findByRole('button', verb));
    const choice = within(under.page.getByRole('region', { name: 'Look around first' }));
    expect((await choice.findByRole('alert')).textContent).toContain('Look into world.log.');
    await under.user.click(choice.getByRole('button', verb));
    await under.page.findByRole('heading', { level: 1, name: 'Overview' });
  });
});

describe('a simulated cluster', () => {
  it('is labelled wherever it is named, and a real one is not', async () => {
    const under = renderToPage('/hosts', { simulated: true });
    const table = within(await under.page.findByRole('table', { name: 'Hosts' }));
    await table.findAllByRole('link');
    expect(table.getAllByText('simulated')).toHaveLength(2);
    await under.user.click(under.page.getByRole('button', { name: 'Cluster shown: all' }));
    expect(under.page.getAllByRole('menuitemradio').map((item) => item.textContent)).toEqual([
      'All clusters',
      'rack-1',
      'Two serverssimulated',
    ]);
    await under.user.click(under.page.getByRole('menuitemradio', { name: 'rack-1' }));
    expect(table.queryByText('simulated')).toBeNull();
    expect(under.page.queryByRole('group', { name: 'Simulated clock' })).toBeNull();
  });

  it('never lets a real host be broken', async () => {
    const under = renderToPage('/hosts', { simulated: true });
    await under.user.click(await under.page.findByRole('button', { name: 'Cluster shown: all' }));
    await under.user.click(under.page.getByRole('menuitemradio', { name: 'rack-1' }));
    fireEvent.contextMenu(await under.page.findByRole('link', { name: 'server-a' }), {
      clientX: 9,
      clientY: 9,
    });
    expect(under.page.getAllByRole('menuitem').map((item) => item.firstChild?.textContent)).toEqual([
      'Reconnect…',
      'Declare dead…',
      'Remove…',
    ]);
  });

  it('has a clock that is paused, stepped, sped up and let go on', async () => {
    const under = renderToPage('/hosts', simulated);
    const clock = within(await under.page.findByRole('group', { name: 'Simulated clock' }));
    const shown = () => Date.parse(clock.getByLabelText('Simulated time').getAttribute('datetime') ?? '');
    expect(shown()).toBe(testNow);
    await under.user.click(clock.getByRole('button', { name: /^x60:/ }));
    await under.user.click(clock.getByRole('button', { name: 'Pause the simulated clock' }));
    await clock.findByText('paused');
    await under.user.click(clock.getByRole('button', { name: 'Step on by 10 min' }));
    await under.page.findByText('paused');
    await under.user.click(
      await clock.findByRole('button', { name: 'Let the simulated clock go on at x60' }),
    );
    await clock.findByRole('button', { name: 'Pause the simulated clock' });
    expect(shown()).toBe(testNow + 600_000);
    expect(under.world.calls.map(({ procedure }) => procedure)).toEqual([
      'clusters.setClock',
      'clusters.setClock',
      'clusters.step',
      'clusters.setClock',
    ]);
    act(() => under.world.simulation.slowClock(id, 1));
    await clock.findByText('x1 while a VM moves');
    expect(
      clock.getByText(/^It runs at x1 instead of x60 because a migration waits for Drover/),
    ).toBeDefined();
  });

  it('jumps to the next event, and says what its timeline has next', async () => {
    const under = renderToPage('/hosts', simulated);
    const clock = within(await under.page.findByRole('group', { name: 'Simulated clock' }));
    act(() =>
      under.world.simulation.plan(id, { at: testNow + 3_600_000, title: 'server-b loses its power' }),
    );
    const jump = await clock.findByRole('button', { name: 'Jump to the next event' });
    await under.user.hover(jump);
    expect((await under.page.findByRole('tooltip')).textContent).toMatch(
      /^Jump to the next event, at the latest .+: server-b loses its power$/,
    );
    await under.user.click(jump);
    const shown = () => Date.parse(clock.getByLabelText('Simulated time').getAttribute('datetime') ?? '');
    await waitFor(() => expect(shown()).toBe(testNow + 3_600_000));
    await under.user.click(jump);
    await under.page.findByText(/nothing is due within 24 hours/);
  });

  it('is broken by right-click, says what is broken, and is mended by the verb beside it', async () => {
    const under = renderToPage('/hosts', simulated);
    await choose(under, 'server-b', 'Slow its link to 10 Mbit/s');
    const row = within(
      (await under.page.findByRole('link', { name: 'server-b' })).closest('tr') ?? document.body,
    );
    await row.findByText('Link at 10 Mbit/s');
    await choose(under, 'server-b', 'Cut its power');
    await row.findByText('Power off');
    await under.user.click(under.page.getByRole('link', { name: 'server-b' }));
    const pane = within(await under.page.findByRole('complementary', { name: 'Details of server-b' }));
    await pane.findByText(/The power of server-b is cut in the simulation/);
    expect(pane.queryByRole('alert')).toBeNull();
    await under.user.click(pane.getByRole('button', { name: 'Switch server-b on' }));
    await under.user.click(await pane.findByRole('button', { name: 'Mend the link of server-b' }));
    await row.findByText('Connected');
    expect(under.world.calls.map(({ input }) => input)).toMatchObject([
      { fault: { kind: 'slow-link', host: 'server-b', rateBitsPerSecond: 10_000_000 } },
      { fault: { kind: 'power-off', host: 'server-b' } },
      { fault: { kind: 'power-on', host: 'server-b' } },
      { fault: { kind: 'mend-link', host: 'server-b' } },
    ]);
  });

  it('is put far away, said where it stands, and brought near by the verb on the overview', async () => {
    const under = renderToPage('/hosts', simulated);
    await choose(under, 'server-b', 'Put it 100 ms away');
    const row = within(
      (await under.page.findByRole('link', { name: 'server-b' })).closest('tr') ?? document.body,
    );
    await row.findByText('100 ms away');
    await choose(under, 'server-b', 'Drop its connections');
    await under.user.click(under.page.getByRole('link', { name: 'Overview' }));
    const attention = within(await under.page.findByRole('region', { name: 'Needs attention' }));
    await under.user.click(attention.getByRole('button', { name: 'Bring server-b near again' }));
    await attention.findByText(/^Nothing is wrong/);
    expect(under.world.calls.map(({ input }) => input)).toMatchObject([
      { fault: { kind: 'distance', host: 'server-b', oneWayMs: 100 } },
      { fault: { kind: 'drop-connections', host: 'server-b' } },
      { fault: { kind: 'distance', host: 'server-b', oneWayMs: 0 } },
    ]);
  });

  it('slows a link to any number that makes sense', async () => {
    const under = renderToPage('/hosts', simulated);
    await choose(under, 'server-a', 'Slow its link to…');
    const dialog = within(await under.page.findByRole('dialog', { name: 'Slow the link of server-a' }));
    await under.user.type(dialog.getByLabelText('Rate'), '0');
    expect(dialog.getByText(/^Write a number from 0.1 to 100,000 Mbit\/s\.$/)).toBeDefined();
    await under.user.type(dialog.getByLabelText('Rate'), '.5');
    await under.user.click(dialog.getByRole('button', { name: 'Slow it to 500 kbit/s' }));
    await under.page.findByText('Link at 500 kbit/s');
  });

  it('has guests that crash and hang, and says so where they are and on the overview', async () => {
    const under = renderToPage('/vms', simulated);
    await choose(under, 'web-02', 'Crash its guest');
    await choose(under, 'web-01', 'Hang its guest');
    await under.user.click(under.page.getByRole('link', { name: 'Overview' }));
    const attention = within(await under.page.findByRole('region', { name: 'Needs attention' }));
    await attention.findByText('web-02 is inactive');
    await under.user.click(await attention.findByRole('button', { name: 'Let web-01 go on' }));
    expect(under.world.calls.at(-1)?.input).toMatchObject({ fault: { kind: 'unhang-vm' } });
  });

  it('shows why an order from a menu was not taken, until that is closed', async () => {
    const under = renderToPage('/hosts', simulated);
    await under.page.findByRole('link', { name: 'server-a' });
    under.world.simulation.refuseNext({
      code: 'timed-out',
      message: 'Cut the link of server-a: no answer. Try again.',
      next: 'Try again.',
    });
    await choose(under, 'server-a', 'Cut its link');
    const alert = within(await under.page.findByRole('alert'));
    expect(alert.getByText('Cut the link of server-a: no answer.')).toBeDefined();
    await under.user.click(alert.getByRole('button', { name: 'Close' }));
    expect(under.page.queryByRole('alert')).toBeNull();
  });

  it('says when its simulation has stopped, and starts it again', async () => {
    const under = renderToPage('/overview', simulated);
    await under.page.findByText(/^Nothing is wrong/);
    act(() => under.world.simulation.lose(id));
    const alert = within(await under.page.findByRole('alert'));
    expect(alert.getByText('The simulation of Two servers does not answer.')).toBeDefined();
    expect(under.page.getByText(/^Nothing is known of Two servers/)).toBeDefined();
    fireEvent.contextMenu(under.page.getByRole('link', { name: 'server-a' }), { clientX: 9, clientY: 9 });
    const cut = under.page.getByRole('menuitem', { name: /^Cut its power/ });
    expect(cut.getAttribute('aria-disabled')).toBe('true');
    await under.user.keyboard('{Escape}');
    await under.user.click(alert.getByRole('button', { name: 'Start it again' }));
    await under.page.findByText(/^Nothing is wrong/);
    expect(under.page.queryByRole('alert')).toBeNull();
  });

  it('says quietly that another console is connected to it', async () => {
    const under = renderToPage('/overview', simulated);
    await under.page.findByText('Scenario Two servers, seed 7');
    act(() => under.world.simulation.consoles(id, 2));
    await under.page.findByText(/^Another console is connected too/);
  });

  it('says what its timeline has next, until that is through or nothing is known of it', async () => {
    const under = renderToPage('/overview', simulated);
    await under.page.findByText(/^Server A and Server B share storage/);
    expect(under.page.queryByText(/^Next, on /)).toBeNull();
    act(() => under.world.simulation.plan(id, { at: testNow + 60_000, title: 'server-b loses its power' }));
    await under.page.findByText(/^Next, on .*: server-b loses its power\.$/);
    act(() => under.world.simulation.lose(id));
    await under.page.findByRole('alert');
    expect(under.page.queryByText(/^Next, on /)).toBeNull();
  });

  it('is added beside another, under a name of its own and by its seed', async () => {
    const under = renderToPage('/hosts', simulated);
    await under.user.click(await under.page.findByRole('button', { name: 'Add a simulated cluster' }));
    const dialog = within(await under.page.findByRole('dialog', { name: 'Add a simulated cluster' }));
    const name = dialog.getByRole<HTMLInputElement>('textbox', { name: /^Name/ });
    expect(name.value).toBe('Two servers 2');
    await under.user.clear(name);
    await under.user.type(name, 'Two servers');
    expect(dialog.getByText(/^There is a cluster Two servers already/)).toBeDefined();
    await under.user.clear(name);
    await under.user.type(name, 'Teaching');
    await under.user.type(dialog.getByLabelText(/^Seed/), '42');
    await under.user.click(dialog.getByRole('button', { name: 'Start Teaching' }));
    await under.page.findByRole('button', { name: 'Cluster shown: Teaching (simulated)' });
    expect(under.world.calls.at(-1)?.input).toEqual({ scenario: 'two-servers', name: 'Teaching', seed: 42 });
  });

  it('is removed only after it was said what is lost, with Cancel as the default', async () => {
    const under = renderToPage('/overview', simulated);
    await under.user.click(await under.page.findByRole('button', { name: 'Actions of Two servers' }));
    await under.user.click(under.page.getByRole('menuitem', { name: 'Remove Two servers…' }));
    const dialog = within(
      await under.page.findByRole('alertdialog', { name: 'Remove Two servers (simulated)?' }),
    );
    expect(dialog.getByText(/all that happened in it is lost/)).toBeDefined();
    expect(document.activeElement).toBe(dialog.getByRole('button', { name: 'Cancel' }));
    await under.user.click(dialog.getByRole('button', { name: 'Remove Two servers' }));
    await under.page.findByRole('button', { name: 'Try a simulated cluster' });
  });
});
