// @vitest-environment happy-dom
import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { hostId } from '#shared/model/ids.ts';
import { fakeHost, serverA } from '../../testing/fakeCluster.ts';
import { type PageUnderTest, renderToPage } from '../../testing/renderToPage.tsx';

async function lookOver(under: PageUnderTest) {
  await under.user.click(await under.page.findByRole('button', { name: 'Look server-a over' }));
  const section = within(under.page.getByRole('region', { name: 'Doctor' }));
  await section.findByText(/^Looked over at/);
  return section;
}

describe('the doctor of a host', () => {
  it('tells what blocks first, then warnings, each with its cause and fix; what is fine opens', async () => {
    const under = renderToPage(`/hosts/${serverA}`);
    const section = await lookOver(under);
    const [worst, next, rest] = section.getAllByRole('listitem');
    if (worst === undefined || next === undefined || rest === undefined) throw new Error('too few findings');
    expect(within(worst).getByText('Blocks')).toBeDefined();
    expect(within(worst).getByText(/nearly full/)).toBeDefined();
    expect(within(next).getByText('Warning')).toBeDefined();
    expect(within(next).getByText(/Without them disks count as not shared/)).toBeDefined();
    expect(within(next).getByText('On server-a:')).toBeDefined();
    expect(within(next).getByText('Or log in as root.')).toBeDefined();
    expect(rest.querySelector('details')?.open).toBe(false);
    await under.user.click(within(rest).getByText('4 checks fine'));
    expect(rest.querySelector('details')?.open).toBe(true);
    expect(within(rest).getByText('VMs run with KVM.')).toBeDefined();
  });

  it('copies the command of a fix, letter for letter, and says so', async () => {
    const under = renderToPage(`/hosts/${serverA}`);
    const section = await lookOver(under);
    const command = "sudo sh -c 'du -xah --max-depth=1 /var/lib/libvirt/shared | sort -h | tail'";
    await under.user.click(section.getByRole('button', { name: `Copy ${command}` }));
    expect(await section.findByRole('button', { name: `Copied ${command}` })).toBeDefined();
    expect(await navigator.clipboard.readText()).toBe(command);
  });

  it('says what to do instead where nothing may be copied', async () => {
    const under = renderToPage(`/hosts/${serverA}`);
    const section = await lookOver(under);
    const [copy] = section.getAllByRole('button', { name: /^Copy / });
    if (copy === undefined) throw new Error('nothing to copy');
    const { clipboard } = navigator;
    const refused = { writeText: () => Promise.reject(new Error('not allowed')) };
    Object.defineProperty(navigator, 'clipboard', { value: refused, configurable: true });
    try {
      await under.user.click(copy);
      expect(await section.findByText('Select it and copy by hand')).toBeDefined();
    } finally {
      Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
    }
  });

  it('shows the ways to and from each other host as a table whose cells open', async () => {
    const away = hostId('host-c');
    const under = renderToPage(`/hosts/${serverA}`, {
      prepare: (world) => {
        const error = { code: 'host-unreachable', message: 'No route to host.' } as const;
        const connection = { state: 'unreachable', since: 0, error, retryAt: world.now + 60_000 } as const;
        const host = fakeHost(away, 'server-c', 'ssh://ops@10.77.0.4', world.now);
        world.put({ kind: 'host', value: { ...host, connection } });
      },
    });
    const table = within((await lookOver(under)).getByRole('table', { name: /VMs move between server-a/ }));
    expect(table.getAllByRole('columnheader').map((each) => each.textContent)).toEqual([
      'Other host',
      'To it',
      'From it',
    ]);
    const cells = () =>
      table
        .getAllByRole('button', { name: /^From / })
        .map((each) => [each.getAttribute('aria-label'), each.textContent]);
    expect(cells()).toEqual([
      ['From server-a to server-b: Blocks', 'Blocks'],
      ['From server-b to server-a: Fine', 'Fine'],
      ['From server-a to server-c: Unknown', 'Unknown'],
      ['From server-c to server-a: Unknown', 'Unknown'],
    ]);
    expect(table.queryByText(/does not reach the migration ports/)).toBeNull();

    const to = table.getByRole('button', { name: /^From server-a to server-b/ });
    await under.user.click(to);
    expect(to.getAttribute('aria-expanded')).toBe('true');
    expect(table.getByText('server-a does not reach the migration ports of server-b.')).toBeDefined();
    const found = document.getElementById(to.getAttribute('aria-controls') ?? '');
    expect(found?.textContent).toContain('firewall-cmd');

    await under.user.click(table.getByRole('button', { name: /^From server-c to server-a/ }));
    expect(to.getAttribute('aria-expanded')).toBe('false');
    expect(table.queryByText(/does not reach the migration ports/)).toBeNull();
    expect(table.getByText('server-c does not answer, so nothing could be asked.')).toBeDefined();
    await under.user.click(table.getByRole('button', { name: /^From server-c to server-a/ }));
    expect(table.queryByText(/does not answer/)).toBeNull();
  });
});
