// @vitest-environment happy-dom
import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { clusterId, hostId } from '#shared/model/ids.ts';
import { fakeHost, fakePhysicalCluster, serverA } from '../../testing/fakeCluster.ts';
import { renderToPage } from '../../testing/renderToPage.tsx';
import { useScope } from '../inventory.ts';

const region = async (page: ReturnType<typeof renderToPage>['page'], name: string) =>
  within(await page.findByRole('region', { name }));

describe('the overview', () => {
  it('tells of the headroom of each cluster by itself: nothing simulated is added to what is real', async () => {
    const { page } = renderToPage('/', { simulated: true });
    const headroom = await region(page, 'Headroom');
    const names = await headroom.findAllByRole('heading', { level: 3 });
    expect(names).toHaveLength(2);
    expect(names.filter((name) => name.textContent.includes('simulated'))).toHaveLength(1);
    expect(headroom.getAllByText('Memory left')).toHaveLength(2);
    expect(headroom.getAllByText('on 2 hosts that answer')).toHaveLength(2);
  });

  it('names a host whose CPUs have been busy for long, and opens it', async () => {
    const { page, user, world } = renderToPage('/', {
      prepare: (prepared) => {
        const { measured } = prepared;
        prepared.measured = (agoMs) =>
          measured.call(prepared, agoMs).map((samples) => ({
            ...samples,
            hosts: {
              ...samples.hosts,
              cpuShare: samples.hosts.hostIds.map((id) => (id === serverA ? 0.98 : 0.2)),
            },
          }));
      },
    });
    const attention = await region(page, 'Needs attention');
    const headroom = page.getByRole('region', { name: 'Headroom' });
    await expect.poll(() => headroom.textContent, { timeout: 15_000 }).toMatch(/6.7 of 24 CPUs/);
    // What is new is judged with the next thing that changes, or after some seconds.
    world.put({ kind: 'host', value: { ...world.host(serverA), lastSeenAt: world.now } });
    expect(await attention.findByText('The CPUs of server-a are nearly all busy')).toBeDefined();
    expect(attention.queryByText(/server-b/)).toBeNull();
    await user.click(attention.getByRole('button', { name: `Look at ${world.host(serverA).name}` }));
    expect(await page.findByRole('heading', { name: 'server-a' })).toBeDefined();
  });

  it('lists what happened in the cluster that is shown, newest first', async () => {
    const { page, world } = renderToPage('/');
    const event = { kind: 'host-lost', clusterId: fakePhysicalCluster.id, hostIds: [serverA] } as const;
    const at = world.now;
    world.put(
      {
        kind: 'event',
        value: { ...event, id: 'event-1', at, clusterAt: at, text: 'server-a does not answer.' },
      },
      {
        kind: 'event',
        value: {
          ...event,
          id: 'event-2',
          at: at + 1,
          clusterAt: at + 1,
          kind: 'host-back',
          text: 'server-a answers again.',
        },
      },
      {
        kind: 'event',
        value: {
          ...event,
          id: 'event-3',
          at,
          clusterAt: at,
          clusterId: clusterId('another'),
          text: 'Of another cluster.',
        },
      },
    );
    useScope.setState({ cluster: fakePhysicalCluster.id });
    const back = await page.findByText('server-a answers again.');
    await expect.poll(() => page.queryByText('Of another cluster.')).toBeNull();
    const said = [...(back.closest('ul')?.querySelectorAll('li') ?? [])].map((item) => item.textContent);
    expect(said[0]).toContain('server-a answers again.');
    expect(said[1]).toContain('server-a does not answer.');
    expect(said.join()).not.toContain('Of another cluster.');
  });

  it('draws very many hosts as a map, each a link with its state and load in words, reached by arrows', async () => {
    const { page, user, world } = renderToPage('/');
    await region(page, 'Hosts');
    const many = Array.from({ length: 130 }, (_, index) => {
      const name = `rack-${String(index + 1).padStart(3, '0')}`;
      return fakeHost(hostId(name), name, `ssh://ops@10.77.1.${index + 1}`, world.now);
    });
    const [lost] = many;
    if (lost === undefined) throw new Error('there are 130 hosts');
    const error = { code: 'host-unreachable', message: 'It does not answer.' } as const;
    world.put(...many.map((value) => ({ kind: 'host' as const, value })), {
      kind: 'host',
      value: { ...lost, connection: { state: 'unreachable', since: world.now, error, retryAt: world.now } },
    });
    const hosts = within(page.getByRole('region', { name: 'Hosts' }));
    const first = await hosts.findByRole('link', {
      name: /^rack-001: Unreachable, CPU not measured, 0 VMs$/,
    });
    expect(hosts.getAllByRole('link')).toHaveLength(132);
    const second = hosts.getByRole('link', { name: /^rack-002: Connected/ });
    first.focus();
    await user.keyboard('{ArrowRight}');
    expect(document.activeElement).toBe(second);
    await user.pointer({ keys: '[MouseRight]', target: second });
    expect(await page.findByRole('menu', { name: 'Actions of rack-002' })).toBeDefined();
    await user.keyboard('{Escape}');
    await user.click(hosts.getByRole('link', { name: /^rack-003/ }));
    expect(await page.findByRole('heading', { name: 'rack-003' })).toBeDefined();
  });

  it('names the worst of what needs attention, and the rest when it is asked for', async () => {
    const { page, user, world } = renderToPage('/');
    const error = { code: 'host-unreachable', message: 'It does not answer.' } as const;
    await region(page, 'Hosts');
    world.put(
      ...Array.from({ length: 20 }, (_, index) => {
        const name = `lost-${index + 1}`;
        const host = fakeHost(hostId(name), name, `ssh://ops@10.77.1.${index + 1}`, world.now);
        const connection = { state: 'unreachable', since: world.now, error, retryAt: world.now } as const;
        return { kind: 'host' as const, value: { ...host, connection } };
      }),
    );
    const attention = await region(page, 'Needs attention');
    expect(await attention.findByText('lost-12 does not answer')).toBeDefined();
    expect(attention.queryByText('lost-13 does not answer')).toBeNull();
    await user.click(attention.getByRole('button', { name: 'Show all 20' }));
    expect(await attention.findByText('lost-20 does not answer')).toBeDefined();
  });
});
