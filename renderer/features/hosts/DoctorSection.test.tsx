// @vitest-environment happy-dom
import { within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { serverA } from '../../testing/fakeCluster.ts';
import { renderToPage } from '../../testing/renderToPage.tsx';

describe('the doctor of a host', () => {
  it('looks a host over when asked', async () => {
    const under = renderToPage(`/hosts/${serverA}`);
    await under.user.click(await under.page.findByRole('button', { name: 'Look server-a over' }));
    const section = within(under.page.getByRole('region', { name: 'Doctor' }));
    expect(await section.findByText(/^Looked over at/)).toBeDefined();
  });
});
