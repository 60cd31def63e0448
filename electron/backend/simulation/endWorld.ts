import type { Clock } from '../clock/clock.ts';
import type { WorldClient } from '../drivers/simulator/worldAccess.ts';
import { connectWorld } from './worldConnection.ts';
import { readWorldInfo } from './worldFolder.ts';
import type { WorldLink } from './worldLink.ts';
import type { WorldPlaces } from './worldPlaces.ts';

/** Real. */
const endPatienceMs = 5000;
const lookEveryMs = 50;

/** Ends a world's process for good, gently or, where it hangs, not. One that has ended already is no failure. */
export async function endWorld(link: WorldLink): Promise<void> {
  // It may just be on its way: nothing that was started is left behind.
  await link.reach(false).catch(() => undefined);
  const state = link.state();
  if (state.standing === 'running') {
    await state.connection.client.end({ forget: true }).catch(() => undefined);
    if (await isGone(link.record.folder, link.wall)) return;
  }
  await link.endUseless();
}

/** What a Drover that was killed had been making or removing. A world that another console has joined is left to it. */
export async function sweepUnfinished(places: WorldPlaces, wall: Clock): Promise<void> {
  for (const folder of places.unfinished()) {
    const info = readWorldInfo(folder);
    try {
      if (info !== undefined) {
        const open = await connectWorld({ socketPath: info.socketPath, console: 'Drover, tidying up', wall });
        try {
          if ((await consolesOf(open.client)) > 1) continue;
          await open.client.end({ forget: true });
          await isGone(folder, wall);
        } finally {
          open.close();
        }
      }
    } catch {
      // Nobody answers there.
    }
    places.remove(folder);
  }
}

async function consolesOf(client: WorldClient): Promise<number> {
  for await (const { consoles } of await client.watch()) return consoles;
  return 0;
}

/** A world takes its own word of itself away when it ends. */
async function isGone(folder: string, wall: Clock): Promise<boolean> {
  const until = wall.elapsed() + endPatienceMs;
  while (wall.elapsed() < until) {
    if (readWorldInfo(folder) === undefined) return true;
    await new Promise<void>((resolve) => wall.after(lookEveryMs, resolve));
  }
  return false;
}
