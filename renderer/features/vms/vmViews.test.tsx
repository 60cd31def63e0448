// @vitest-environment happy-dom
import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { VmHistory } from '#shared/model/vmHistory.ts';
import { fakeVms, vmNamed } from '../../testing/fakeCluster.ts';
import { fakeHistory } from '../../testing/fakeVmDetails.ts';
import type { FakeWorld } from '../../testing/fakeWorld.ts';
import { renderToPage } from '../../testing/renderToPage.tsx';
import { vmHref } from '../inventory.ts';
import { byDay, dayInWords, withNewest, withOlder } from './historyPages.ts';
import { compareLines, withoutTheSame } from './lineDifference.ts';
import { ratesOf } from './vmDetails.ts';

/** Opened by its address; what is asked by text and label is found sooner than by role. */
function open(tab: string, prepare: (world: FakeWorld) => void = () => undefined) {
  return renderToPage(`${vmHref(vmNamed(fakeVms, 'web-01').id)}?tab=${tab}`, { prepare });
}

describe('the views of a VM', { timeout: 60_000 }, () => {
  it('show configuration, chains and interfaces as the host tells them, and what is missing or waits', async () => {
    const { page } = open('configuration', (world) => {
      const told = world.details;
      world.details = async (vm) => {
        const details = await told(vm);
        return {
          ...details,
          configuration: [{ name: 'Memory', value: '2 GiB', next: '4 GiB' }],
          disks: details.disks.map((disk) => ({
            ...disk,
            chain: disk.chain.map(({ path, format }, place) =>
              place === 0
                ? {
                    path,
                    format,
                    kind: 'file' as const,
                    virtualBytes: 2e10,
                    allocatedBytes: 1e9,
                    sharedWith: [],
                  }
                : { path, format, kind: 'file' as const, missing: true as const },
            ),
          })),
        };
      };
    });
    await page.findByText('4 GiB from the next start on');
    expect(page.getByText(/1 setting waits for the next start of web-01/)).toBeDefined();
    const images = within(page.getByLabelText(/^Images of vda/)).getAllByRole('listitem');
    expect(images.map((image) => image.textContent)).toEqual([
      expect.stringMatching(/web-01\.qcow2Written.*only on server-a.*allocated/),
      expect.stringMatching(/debian-12\.qcow2Missing.*There is no such file/),
    ]);
    expect(await page.findByText('10.77.1.20/24')).toBeDefined();
  });

  it('tell the history by days, with who asked, what nobody asked for, and when nobody watched', async () => {
    const { page } = open('history');
    const link = await page.findByText('Migrate web-01 from server-a to server-b');
    expect(link.getAttribute('href')).toContain('/migrations/task-91');
    expect(page.getByText('ana@desk-7, desktop app')).toBeDefined();
    expect(page.getByText('Not by Drover')).toBeDefined();
    expect(page.getByText(/^Drover was not watching server-a from/)).toBeDefined();
    expect(page.getByText(/^First seen by Drover on server-a: active$/)).toBeDefined();
  });

  it('show the XML of now and of the next start, what differs, and find words in it', async () => {
    const { page, user } = open('xml');
    const lines = within(await page.findByLabelText('XML of web-01'));
    expect(lines.getAllByRole('listitem')).toHaveLength(5);
    await user.type(page.getByLabelText('Find in the XML of web-01'), 'memory');
    expect(page.getByText('1 line')).toBeDefined();
    await user.click(page.getByText('What differs'));
    const differing = within(await page.findByLabelText('What differs in the XML of web-01'));
    expect(differing.getByText(/only now:/).parentElement?.textContent).toContain('2048');
    expect(differing.getByText(/only from the next start:/).parentElement?.textContent).toContain('4096');
  });
});

describe('pages of a history', () => {
  const now = Date.UTC(2026, 10, 25, 12);
  const [vm] = fakeVms;
  if (vm === undefined) throw new Error('the fake cluster has VMs');
  const page = (limit: number, before?: number): VmHistory => fakeHistory(vm, now, { limit, before });

  it('join without loss or repetition, and the newest is read again over what was read before', () => {
    const first = withNewest(undefined, page(2));
    const both = withOlder(first, page(2, first.before));
    const all = withOlder(both, page(2, both.before));
    expect(all.entries).toEqual(page(100).entries);
    expect(all.before).toBeUndefined();
    expect(withNewest(all, page(2)).entries).toEqual(all.entries);
  });

  it('are shown by days, with the names that people give to the last two', () => {
    const days = byDay(page(100).entries);
    expect(days).toHaveLength(3);
    expect(dayInWords(days[0]?.day ?? 0, now)).toBe('Today, Wednesday 25 November');
    expect(dayInWords(days[1]?.day ?? 0, now)).toMatch(/^Yesterday, /);
  });
});

describe('two documents', () => {
  it('are compared line by line, and what is the same is left out but for a little around', () => {
    const one = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const compared = compareLines(one.join('\n'), one.map((line) => (line === 'd' ? 'D' : line)).join('\n'));
    expect(withoutTheSame(compared ?? [], 1)).toEqual([
      { kind: 'left-out', count: 2 },
      { kind: 'same', text: 'c', number: 3 },
      { kind: 'one', text: 'd', number: 4 },
      { kind: 'other', text: 'D', number: 4 },
      { kind: 'same', text: 'e', number: 5 },
      { kind: 'left-out', count: 3 },
    ]);
  });
});

describe('rates of an interface', () => {
  const seen = (at: number, receivedBytes: number) => ({
    at,
    interfaces: [{ mac: 'm', link: 'up' as const, addresses: [], receivedBytes, sentBytes: 0 }],
  });
  const rates = (before: number, after: number) =>
    ratesOf(
      seen(0, before),
      seen(2000, after),
      seen(2000, after).interfaces[0] ?? { mac: '', link: 'up', addresses: [] },
    );

  it('are by the time between two counters, and unknown where they began anew', () => {
    expect(rates(1000, 5000)).toEqual({ receive: 2000, send: 0 });
    expect(rates(5000, 1000)).toBeUndefined();
  });
});
