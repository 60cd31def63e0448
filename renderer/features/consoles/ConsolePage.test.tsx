// @vitest-environment happy-dom
import { waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import type { ConsoleStanding } from '#shared/model/console.ts';
import type { FakeConsole } from '../../testing/fakeConsoles.ts';
import { type PageUnderTest, renderToPage } from '../../testing/renderToPage.tsx';

// A simulated document has no canvas; what they draw is seen in the tests of the real app.
vi.mock('./ScreenView.tsx', () => ({ ScreenView: () => <p>the screen</p> }));
vi.mock('./SerialView.tsx', () => ({ SerialView: () => <p>the terminal</p> }));

const place = (kind: string) => `/vms/${encodeURIComponent('lab/web-01')}/console/${kind}`;

function vmOf({ world }: PageUnderTest) {
  const vm = [...world.vms.values()][0];
  if (vm === undefined) throw new Error('the scripted cluster has no VM');
  return vm;
}

/** The page of the first VM's console, open. */
async function openPage(kind: 'screen' | 'serial') {
  const under = renderToPage(place(kind));
  const vm = vmOf(under);
  location.hash = `#/vms/${encodeURIComponent(vm.id)}/console/${kind}`;
  const { page, world } = under;
  await page.findByRole('heading', { name: `Console of ${vm.name}` });
  await waitFor(() => expect(world.consoles.open).toHaveLength(1));
  const [opened] = world.consoles.open;
  if (opened === undefined) throw new Error('no console was opened');
  return { ...under, vm, opened };
}

const tell = (console: FakeConsole, connection: number, standing: ConsoleStanding) =>
  console.feed.push({ kind: 'standing', connection, standing });

it('says how the console stands, and where it has moved', async () => {
  const { page, vm, opened } = await openPage('screen');
  expect(opened.request).toEqual({ vmId: vm.id, kind: 'screen', takeOver: false });
  tell(opened, 0, { state: 'connecting', hostName: 'server-a' });
  await page.findByText(`Connecting to ${vm.name} on server-a`);
  tell(opened, 1, { state: 'connected', hostName: 'server-a' });
  await page.findByText('Connected, on server-a');
  await page.findByText('the screen');
  tell(opened, 1, { state: 'connected', hostName: 'server-a', movingTo: 'server-b' });
  await page.findByText(`${vm.name} is moving from server-a to server-b; this console goes with it`);
  tell(opened, 2, { state: 'connected', hostName: 'server-b', movedFrom: 'server-a' });
  await page.findByText('Now on server-b, moved from server-a');
});

it('offers to start a VM that is off', async () => {
  const { page, vm, opened, user, world } = await openPage('screen');
  world.put({ kind: 'vm', value: { ...vm, state: 'inactive', reason: 'shutdown' } });
  tell(opened, 0, { state: 'off', vmState: 'inactive' });
  await page.findByText(`${vm.name} is off. This console opens as soon as it runs.`);
  await user.click(await page.findByRole('button', { name: `Start ${vm.name}` }));
  await waitFor(() =>
    expect(world.calls).toContainEqual({
      procedure: 'vms.act',
      input: expect.objectContaining({ vmId: vm.id, action: { verb: 'start' } }),
    }),
  );
});

it('takes a serial console over from somebody else only when asked', async () => {
  const { page, vm, opened, user, world } = await openPage('serial');
  const error = { code: 'console-busy', message: 'somebody else has it open' } as const;
  tell(opened, 0, { state: 'busy', error });
  await page.findByText('somebody else has it open');
  await user.click(page.getByRole('button', { name: `Take over the console of ${vm.name}` }));
  await waitFor(() => expect(world.consoles.open.map(({ request }) => request.takeOver)).toEqual([true]));
});

it('says why there is none, and what to do; its tools say that it is not connected', async () => {
  const { page, opened } = await openPage('screen');
  const next = 'Use its serial console.';
  const error = { code: 'console-missing', message: `it has no graphics. ${next}`, next } as const;
  tell(opened, 0, { state: 'missing', error });
  await page.findByText('it has no graphics.');
  await page.findByText(next);
  expect(page.getByRole('button', { name: 'Screenshot' }).getAttribute('aria-disabled')).toBe('true');
});

it('opens it again when the backend is back, and closes it with the page', async () => {
  const { page, opened, backend, world } = await openPage('serial');
  tell(opened, 1, { state: 'connected', hostName: 'server-a' });
  await page.findByText('Connected, on server-a');
  backend.cut('it ended');
  await page.findByText('Connection lost; it is being opened again');
  backend.restore();
  await waitFor(() => expect(world.consoles.open.some(({ id }) => id !== opened.id)).toBe(true));
  location.hash = '#/vms';
  await waitFor(() => expect(world.consoles.open.filter(({ id }) => id !== opened.id)).toEqual([]));
});
