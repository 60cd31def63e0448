// @vitest-environment happy-dom
import { fireEvent, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event } from '#shared/model/event.ts';
import { fakePhysicalCluster, serverA } from '../../testing/fakeCluster.ts';
import { renderToPage, testNow } from '../../testing/renderToPage.tsx';

const wide = { width: 600, height: 132, top: 0, left: 0, right: 600, bottom: 132, x: 0, y: 0 };

function event(secondsAgo: number, said: Pick<Event, 'kind' | 'text' | 'hostIds'>): Event {
  const at = testNow - secondsAgo * 1000;
  return { id: `event-${at}`, at, clusterAt: at, clusterId: fakePhysicalCluster.id, ...said };
}

function openHost() {
  const under = renderToPage(`/hosts/${serverA}`, {
    prepare: (world) => {
      world.clusterEvents.push(
        event(60, { kind: 'vm-moved', text: 'web-01 moved from server-b to server-a.', hostIds: [serverA] }),
        event(50, { kind: 'host-lost', text: 'server-a was lost.', hostIds: [serverA] }),
        event(40, { kind: 'host-lost', text: 'elsewhere was lost.', hostIds: [] }),
      );
    },
  });
  return under;
}

describe("a host's dashboard", () => {
  beforeEach(() => {
    vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockReturnValue({
      ...wide,
      toJSON: () => wide,
    });
  });

  it('moves one crosshair over all charts by keys, and says what it reads', async () => {
    const { page } = openHost();
    const pane = within(await page.findByRole('complementary', { name: 'Details of server-a' }));
    const cpu = await pane.findByRole('slider', { name: /^CPU: values at a moment/ });
    const memory = pane.getByRole('slider', { name: /^Memory: values/ });
    expect(cpu.getAttribute('aria-valuetext')).toBe('Arrow keys move through time');
    cpu.focus();
    fireEvent.keyDown(cpu, { key: 'Home' });
    await waitFor(() => expect(cpu.getAttribute('aria-valuetext')).toMatch(/busy [\d.]+ %/));
    expect(memory.getAttribute('aria-valuetext')).toMatch(/used [\d.]+ GiB/);
    const first = Number(cpu.getAttribute('aria-valuenow'));
    fireEvent.keyDown(cpu, { key: 'ArrowRight', shiftKey: true });
    await waitFor(() => expect(Number(cpu.getAttribute('aria-valuenow'))).toBeGreaterThan(first));
    expect(memory.getAttribute('aria-valuenow')).toBe(cpu.getAttribute('aria-valuenow'));
    fireEvent.keyDown(cpu, { key: 'Escape' });
    await waitFor(() => expect(cpu.getAttribute('aria-valuetext')).toBe('Arrow keys move through time'));
  });

  it('shows what happened there, and nothing of elsewhere', async () => {
    const { page } = openHost();
    const events = within(await page.findByRole('region', { name: 'Events in this time' }));
    await events.findByText('2 events');
    events.getByText('web-01 moved from server-b to server-a.');
    events.getByText('server-a was lost.');
    expect(events.queryByText('elsewhere was lost.')).toBeNull();
  });

  it('shows a day of history in the address, rolled up and with its peaks', async () => {
    const { page, user } = openHost();
    const pane = within(await page.findByRole('complementary', { name: 'Details of server-a' }));
    await user.click(await pane.findByRole('button', { name: 'last 24 hours' }));
    await pane.findByText('Last 24 h: means of 6 min, pale bands from least to greatest');
    expect(location.hash).toContain('span=24h');
    const cpu = await pane.findByRole('slider', { name: /^CPU/ });
    fireEvent.keyDown(cpu, { key: 'Home' });
    await waitFor(() => expect(cpu.getAttribute('aria-valuetext')).toMatch(/busy [\d.]+ %, peak [\d.]+ %/));
  });

  it('gives what is shown as CSV, with its units, moments in UTC and gaps as empty cells', async () => {
    const files: Blob[] = [];
    const names: string[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => {
      if (file instanceof Blob) files.push(file);
      return 'blob:here';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download);
    });
    const { page, user } = openHost();
    const pane = within(await page.findByRole('complementary', { name: 'Details of server-a' }));
    await user.click(await pane.findByRole('button', { name: 'last 6 hours' }));
    await pane.findByText(/^Last 6 h: means/);
    await user.click(pane.getByRole('button', { name: 'Export the measurements of server-a as CSV' }));
    expect(names).toEqual([expect.stringMatching(/^server-a-load-6h-2027-01-15T\d\d-\d\d\.csv$/)]);
    const [head = '', ...lines] = ((await files[0]?.text()) ?? '').trim().split('\r\n');
    expect(head.split(',').slice(0, 4)).toEqual([
      'time_utc',
      'cpu_busy_percent_mean',
      'cpu_busy_percent_min',
      'cpu_busy_percent_max',
    ]);
    expect(head).toContain('network_received_bytes_per_s_mean');
    expect(lines.length).toBeGreaterThan(200);
    expect(lines[0]).toMatch(/^2027-01-15T[\d:.]+Z,[\d.]+,[\d.]+,[\d.]+,/);
    expect(lines.some((line) => /^[^,]+,,,,/.test(line))).toBe(true);
  });

  it('says that history had to begin anew', async () => {
    const { page, world } = openHost();
    world.historyTrouble = {
      code: 'history-lost',
      message: 'Read history.db: the file was damaged. It was set aside.',
      next: 'It was set aside.',
    };
    const pane = within(await page.findByRole('complementary', { name: 'Details of server-a' }));
    fireEvent.click(await pane.findByRole('button', { name: 'last hour' }));
    await pane.findByText('Read history.db: the file was damaged.');
  });

  it('ranks the VMs that make the load', async () => {
    const { page, user } = openHost();
    const ranks = within(await page.findByRole('region', { name: 'Load by VM of server-a' }));
    const names = async () => (await ranks.findAllByRole('link')).map((link) => link.textContent);
    const byCpu = await names();
    expect(byCpu.length).toBeGreaterThan(1);
    await user.click(ranks.getByRole('button', { name: 'Memory' }));
    expect((await names()).toSorted()).toEqual(byCpu.toSorted());
    ranks.getAllByText(/MiB|GiB/);
  });
});
