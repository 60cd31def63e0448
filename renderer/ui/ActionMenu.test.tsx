// @vitest-environment happy-dom
import { cleanup, fireEvent, render, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { ActionMenuButton, ContextMenuArea, type ObjectMenu } from './ActionMenu.tsx';

afterEach(cleanup);

function menuOf(run: () => void): ObjectMenu {
  return {
    name: 'server-b',
    groups: [
      { key: 'none', actions: [] },
      { key: 'life', actions: [{ key: 'on', words: 'Switch on', verdict: refused('It is on.'), run }] },
      {
        key: 'break',
        title: 'Break it',
        actions: [{ key: 'cut', words: 'Cut its power', verdict: allowed, destructive: true, run }],
      },
    ],
  };
}

describe('the menu of an object', () => {
  it('opens on its button, is walked by keys, and closes when an action was chosen', async () => {
    const run = vi.fn<() => void>();
    const user = userEvent.setup({ delay: null });
    render(<ActionMenuButton menu={menuOf(run)} />);
    const page = within(document.body);
    const button = page.getByRole('button', { name: 'Actions of server-b' });
    await user.click(button);
    const menu = page.getByRole('menu', { name: 'Actions of server-b' });
    expect(within(menu).getAllByRole('separator')).toHaveLength(1);
    expect(document.activeElement?.textContent).toContain('Switch on');
    await user.keyboard('{ArrowDown}{Enter}');
    expect(run).toHaveBeenCalledOnce();
    expect(page.queryByRole('menu')).toBeNull();
    expect(document.activeElement).toBe(button);
  });

  it('keeps what is refused in reach, with its reason, and does not do it', async () => {
    const run = vi.fn<() => void>();
    const user = userEvent.setup({ delay: null });
    render(<ActionMenuButton menu={menuOf(run)} />);
    const page = within(document.body);
    await user.click(page.getByRole('button', { name: 'Actions of server-b' }));
    const item = page.getByRole('menuitem', { name: /^Switch on/ });
    expect(item.getAttribute('aria-disabled')).toBe('true');
    expect(document.getElementById(item.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      'It is on.',
    );
    await user.click(item);
    expect(run).not.toHaveBeenCalled();
    expect(page.getByRole('menu')).toBeDefined();
    await user.keyboard('{Escape}');
    expect(page.queryByRole('menu')).toBeNull();
  });

  it('opens under the pointer, and on what has the focus when a key asked for it', () => {
    render(
      <ContextMenuArea menu={menuOf(() => {})}>
        <a href="#here">server-b</a>
      </ContextMenuArea>,
    );
    const page = within(document.body);
    for (const point of [
      { clientX: 40, clientY: 30 },
      { clientX: 0, clientY: 0 },
    ]) {
      expect(fireEvent.contextMenu(page.getByText('server-b'), point)).toBe(false);
      fireEvent.keyDown(page.getByRole('menu', { name: 'Actions of server-b' }), { key: 'Escape' });
      expect(page.queryByRole('menu')).toBeNull();
    }
  });
});
