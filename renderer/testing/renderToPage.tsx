import createCache from '@emotion/cache';
import {
  type BoundFunctions,
  cleanup,
  configure,
  type queries,
  render,
  within,
} from '@testing-library/react';
import { type UserEvent, userEvent } from '@testing-library/user-event';
import { onTestFinished } from 'vitest';
import { App } from '../app/App.tsx';
import { showInFrame } from '../app/frame.ts';
import { usePreferences } from '../app/preferences.ts';
import { forgetBulk } from '../features/bulk/bulkOrders.ts';
import { closeDialog } from '../features/dialogs.ts';
import { useDiagnoses } from '../features/hosts/diagnoses.ts';
import { useScope } from '../features/inventory.ts';
import { forgetOrders } from '../features/vms/vmOrders.ts';
import { openSession } from '../transport/session.ts';
import type { Timers } from '../transport/timers.ts';
import { systemTimers } from '../transport/timers.ts';
import { forgetTables } from '../ui/table/tableMemory.ts';
import { createFakeBackend, type FakeBackend, type FakeBackendOptions } from './fakeBackend.ts';
import type { FakeWorld } from './fakeWorld.ts';

export interface PageUnderTest {
  readonly backend: FakeBackend;
  readonly world: FakeWorld;
  readonly user: UserEvent;
  /** Queries over the whole document, dialogs and menus included. */
  readonly page: BoundFunctions<typeof queries>;
}

// Generous, since a busy machine is no failure; and without looking up the style of every ancestor of every candidate,
// which takes a simulated document most of its time.
configure({ asyncUtilTimeout: 15_000, defaultHidden: true });

export const testNow = 1_800_000_000_000;

/** The whole app at an address, over the scripted backend and a real message port; taken down when the test ends. */
export function renderToPage(
  address: string,
  options: Partial<FakeBackendOptions> & { readonly prepare?: (world: FakeWorld) => void } = {},
): PageUnderTest {
  const { prepare, ...rest } = options;
  const backend = createFakeBackend({ now: testNow, ...rest });
  prepare?.(backend.world);
  location.hash = `#${address}`;
  const timers: Timers = { ...systemTimers, now: () => backend.world.now };
  const session = openSession(backend.wire, timers);
  render(<App session={session} cache={withoutStyles()} />);
  onTestFinished(() => {
    session.stop();
    closeDialog();
    showInFrame({ palette: false, shortcuts: false, taskPanel: false });
    localStorage.clear();
    forgetOrders();
    forgetBulk();
    forgetTables();
    usePreferences.setState({ tables: {} });
    useDiagnoses.setState({ byHost: new Map() });
    useScope.setState({ cluster: undefined });
    cleanup();
  });
  return {
    backend,
    world: backend.world,
    user: userEvent.setup({ delay: null }),
    page: within(document.body),
  };
}

/** How things look is no matter here, and a simulated document takes seconds to work through a page's rules. */
function withoutStyles() {
  const cache = createCache({ key: 'test' });
  cache.sheet.insert = () => {};
  return cache;
}
