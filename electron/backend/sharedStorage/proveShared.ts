import { dirname } from 'node:path/posix';
import { pause } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { Asked, Questions } from '../questions.ts';
import type { Unfinished } from '../unfinished.ts';
import type { LeftMarker, Proof } from './proof.ts';

/** A host that writes a marker, or looks for one. */
export interface Witness {
  readonly driver: Pick<HostDriver, 'storage' | 'clock' | 'subscribeLink'>;
  /** What it is asked through: few at a time, each within its time. */
  readonly questions: Questions;
}

export interface Marker {
  readonly writer: Witness;
  /** What a marker that was left there is told with. */
  readonly writerName: string;
  /** It is written beside what this leads to, links followed: so each path is proven by itself. */
  readonly path: string;
  /** Its name. Folders can be links into each other, so no two that may be there at a time have the same. */
  readonly token: string;
  /** How long whoever asks waits for each of writing, looking and removing. */
  readonly patienceMs: number;
  readonly unfinished: Unfinished;
}

/** A write that was not answered in time is not called off, so that it is known when the host has done with it. */
const lateMs = 120_000;
/** What lies there longer is swept by the next marker that is written there. */
const awayMs = 60 * 60_000;

/**
 * A file written by one host and found by another is the one proof that both see the same folder. It is taken away
 * again whatever happens: a write that comes late is waited for, and so is a host that is away when it should remove
 * its marker; both beyond the answer, held as unfinished.
 */
export async function proveShared(marker: Marker, reader: Witness): Promise<Proof> {
  const { seen, left } = await lookFrom(marker, [reader]);
  const there = left === undefined ? {} : { left };
  const [answer] = seen;
  if (answer?.kind === 'told') return { proof: answer.value ? 'shared' : 'separate', ...there };
  return { proof: 'unproven', ...(answer === undefined ? {} : { cause: answer.why }), ...there };
}

/** The same proof for several others at once: what each of them saw, in their order, or why that is not known. */
export async function lookFrom(
  marker: Marker,
  readers: readonly Witness[],
): Promise<{ readonly seen: readonly Asked<boolean>[]; readonly left?: LeftMarker }> {
  return await marker.unfinished.hold(writeAndLook(marker, readers));
}

async function writeAndLook(marker: Marker, readers: readonly Witness[]): ReturnType<typeof lookFrom> {
  const { writer, path, token, patienceMs, unfinished } = marker;
  const left = { on: marker.writerName, file: `${dirname(path)}/.drover-${token}` };

  const late: { writing?: Promise<void> } = {};
  const written = await writer.questions.ask(patienceMs, () => {
    const writing = writer.driver.storage.writeMarker(path, token, { deadlineMs: lateMs });
    late.writing = writing.finally(() => delete late.writing);
    return late.writing;
  });
  if (written.kind === 'failed' && late.writing !== undefined) {
    const takeAway = () => remove(marker);
    // Removed now it might come after all, so it is removed when the write has come to its end.
    void unfinished.hold(late.writing.then(takeAway, takeAway));
    return { seen: readers.map(() => written), left: { ...left, late: true } };
  }
  const seen = await Promise.all(
    readers.map(
      async ({ driver, questions }): Promise<Asked<boolean>> =>
        written.kind === 'failed'
          ? written
          : await questions.ask(patienceMs, (limits) => driver.storage.hasMarker(path, token, limits)),
    ),
  );
  // Even where the write failed: one that broke off, or found the disk full, may have left a file all the same.
  return (await remove(marker)) ? { seen } : { seen, left };
}

/** False where it may be there still; then it is tried again once the host has been away and is back. */
async function remove(marker: Marker): Promise<boolean> {
  const { writer, path, token, patienceMs, unfinished } = marker;
  const { driver, questions } = writer;
  const removed = await questions.tidy(patienceMs, (limits) =>
    driver.storage.removeMarker(path, token, limits),
  );
  if (removed.kind === 'told') return true;
  const again = async () => {
    if (await comesBack(driver, unfinished.ending)) await remove(marker);
  };
  void unfinished.hold(again());
  return false;
}

async function comesBack(driver: Witness['driver'], ending: AbortSignal): Promise<boolean> {
  const back = new AbortController();
  const unsubscribe = driver.subscribeLink(({ state }) => {
    if (state === 'connected') back.abort();
  });
  await pause(driver.clock, awayMs, AbortSignal.any([ending, back.signal]));
  unsubscribe();
  return back.signal.aborted;
}
