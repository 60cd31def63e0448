// @vitest-environment happy-dom
import { act, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { serverB, vmNamed } from '../../testing/fakeCluster.ts';
import { fakeCourse } from '../../testing/fakeMigration.ts';
import { stage } from '../../testing/fakeScenes.ts';
import type { FakeWorld } from '../../testing/fakeWorld.ts';
import { type PageUnderTest, renderToPage } from '../../testing/renderToPage.tsx';

const course = fakeCourse(2048, 118, 38);

function begin(world: FakeWorld): void {
  const options = { copyStorage: false, autoConverge: false, postCopy: false };
  world.startMigration(
    { vmId: vmNamed(world.vms.values(), 'web-03').id, toHostId: serverB, options },
    undefined,
  );
}

const pass = (under: PageUnderTest, ms: number) => act(async () => under.world.advance(ms));
const steps = (under: PageUnderTest, name: RegExp) => under.page.findByRole('img', { name });

describe('the live view of a migration', () => {
  it('follows the six steps to their end and keeps the picture', async () => {
    const under = renderToPage('/migrations/task-1', { prepare: begin });
    await steps(under, /^The six steps: 0 Initialise now, 1 Reserve not begun/);
    await pass(under, 3000);
    await steps(
      under,
      /0 Initialise done in 7 ms, 1 Reserve done in 430 ms, 2 Pre-copy now.*1 round of copying memory/,
    );
    expect(within(under.page.getByRole('region', { name: 'Figures' })).getByText('118 MiB/s')).toBeDefined();
    expect(under.page.getByRole('img', { name: 'web-03 runs on server-a' })).toBeDefined();

    await pass(under, course.totalMs);
    const result = within(await under.page.findByRole('region', { name: 'Result' }));
    expect(result.getByText('Downtime').nextElementSibling?.textContent).toBe(`${course.downtimeMs} ms`);
    expect(result.getByText('Rounds').nextElementSibling?.textContent).toBe(String(course.rounds.length));
    expect(within(result.getByRole('table', { name: 'Time of each step' })).getAllByRole('row')).toHaveLength(
      7,
    );
    await steps(under, /5 Activate done in 160 ms; 5 rounds of copying memory/);
    expect(
      under.page.getByRole('img', {
        name: `web-03 ran on server-a, stood still for ${course.downtimeMs} ms, and runs on server-b`,
      }),
    ).toBeDefined();
    expect(under.page.queryByRole('button', { name: 'Cancel migration' })).toBeNull();
  });

  it('shows the rounds of the result, which are more where some were over between two looks', async () => {
    const under = renderToPage('/migrations/task-1', { prepare: begin });
    await steps(under, /0 Initialise now/);
    await pass(under, course.totalMs);
    await steps(under, /5 Activate done in 160 ms; 5 rounds of copying memory/);
    const [task] = under.world.tasks.values();
    if (task?.migration === undefined) throw new Error('the migration has no result');
    const ended = { ...task, migration: { ...task.migration, rounds: 8 } };
    await act(async () => under.world.put({ kind: 'task', value: ended }));
    const picture = await steps(under, /; 8 rounds of copying memory/);
    expect(picture.textContent).toContain('sent in 8 rounds, at most');
    const result = within(under.page.getByRole('region', { name: 'Result' }));
    expect(result.getByText('Rounds').nextElementSibling?.textContent).toBe('8');
  });

  it('is cancelled by its button and says where the VM runs', async () => {
    const under = renderToPage('/migrations/task-1', { prepare: begin });
    await under.user.click(await under.page.findByRole('button', { name: 'Cancel migration' }));
    const main = within(under.page.getByRole('main'));
    expect(await main.findByText(/web-03 still runs on its host/)).toBeDefined();
    expect(under.world.calls).toEqual([{ procedure: 'tasks.cancel', input: { taskId: 'task-1' } }]);
  });

  it('says why it cannot be cancelled at the switch-over', async () => {
    const under = renderToPage('/migrations/task-1', { prepare: begin });
    await under.page.findByRole('button', { name: 'Cancel migration' });
    await pass(under, course.endsMs['pre-copy'] + 20);
    await steps(under, /3 Stop and copy now/);
    const button = under.page.getByRole('button', { name: 'Cancel migration' });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      'The guest is being switched over; in a moment it runs on the other host.',
    );
    await under.user.click(button);
    expect(under.world.calls).toEqual([]);
  });

  it('says why it failed, what to do, and that nothing was changed', async () => {
    const under = renderToPage('/migrations/task-failed', { prepare: (world) => stage(world, 'history') });
    const alert = await under.page.findByRole('alert');
    expect(alert.textContent).toContain('the source cannot reach 10.77.0.3 port 49152');
    expect(alert.textContent).toContain('Open the ports from 49152 on in the firewall of server-b.');
    const main = within(under.page.getByRole('main'));
    expect(main.getByText('web-01 still runs on server-a; nothing was changed.')).toBeDefined();
    await steps(under, /0 Initialise taken back, 1 Reserve failed here, 2 Pre-copy not begun/);
  });

  it('says what undecided means and offers both ways out', async () => {
    const under = renderToPage('/migrations/task-undecided', { prepare: (world) => stage(world, 'trouble') });
    await under.page.findByText(/is not started anywhere else/);
    expect(
      under.page.getByRole('img', {
        name: 'web-01 was stopped on server-a; whether it runs on server-b is not known',
      }),
    ).toBeDefined();
    await under.user.click(under.page.getByRole('button', { name: 'Declare server-b dead…' }));
    const dialog = within(await under.page.findByRole('alertdialog', { name: 'Declare server-b dead?' }));
    const declare = dialog.getByRole<HTMLButtonElement>('button', { name: 'Declare server-b dead' });
    expect(declare.getAttribute('aria-disabled')).toBe('true');
    expect(document.activeElement).toBe(dialog.getByRole('button', { name: 'Cancel' }));
    await under.user.click(declare);
    expect(under.world.calls).toEqual([]);
    await under.user.click(dialog.getByRole('checkbox'));
    await under.user.click(declare);
    await waitFor(() => expect(under.page.queryByRole('alertdialog')).toBeNull());
    expect(under.world.calls).toEqual([
      { procedure: 'hosts.declareDead', input: { hostId: serverB, dead: true } },
    ]);
  });

  it('says that a task is not there', async () => {
    const under = renderToPage('/migrations/task-nowhere');
    expect((await under.page.findByRole('alert')).textContent).toContain('there is no task task-nowhere');
  });
});
