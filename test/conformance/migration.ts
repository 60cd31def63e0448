import { describe, expect, it } from 'vitest';
import type {
  MigrationDestination,
  MigrationEvent,
  MigrationSettings,
  MigrationSource,
} from '../../electron/backend/drivers/migration.ts';
import { ends, type Stage, type StageHost, stateOn, until, untilState } from './stage.ts';

const mebibyte = 1_048_576;

interface Move {
  readonly from: StageHost;
  readonly to: StageHost;
  readonly settings: MigrationSettings;
  readonly source: MigrationSource;
  readonly destination: MigrationDestination;
  readonly events: MigrationEvent[];
  readonly begun: { readonly cookie: Uint8Array; readonly xml: string };
  readonly prepared: { readonly cookie: Uint8Array; readonly uri: string };
  close(): Promise<void>;
}

/** MigrationDriver: libvirt's five phases, what is told meanwhile, and what becomes of a guest whose move breaks. */
export function migrationSuite(open: () => Stage): void {
  describe('migration', () => {
    const guest = () => open().guest;

    async function prepare(changes: Partial<MigrationSettings> = {}): Promise<Move> {
      const [from, to] = await ends(open());
      const [address = ''] = await to.driver.addresses();
      const settings: MigrationSettings = {
        domainName: guest().name,
        copyStorage: 'none',
        copyDisks: [],
        autoConverge: false,
        postCopy: false,
        resumePostCopy: false,
        unsafe: true,
        destinationAddress: address,
        bandwidthMiBPerSecond: open().bandwidths.slow,
        ...changes,
      };
      const source = await from.driver.migration.openSource(guest().uuid);
      const destination = await to.driver.migration.openDestination();
      const events: MigrationEvent[] = [];
      const end = source.subscribe((event) => events.push(event));
      const begun = await source.begin(settings);
      const prepared = await destination.prepare(settings, begun);
      return {
        from,
        to,
        settings,
        source,
        destination,
        events,
        begun,
        prepared,
        async close() {
          end();
          await source.close();
          await destination.close();
        },
      };
    }

    const perform = ({ source, settings, prepared, begun }: Move) =>
      source.perform(settings, { ...prepared, xml: begun.xml });
    const job = ({ from }: Move) => from.driver.migration.job(guest().uuid);
    const flowing = (move: Move) =>
      until(
        'memory to flow',
        () => job(move),
        (seen) => seen?.state === 'active' && seen.memorySentBytes > 0,
      );

    it('moves a running guest in five phases and tells of each', async () => {
      const move = await prepare();
      expect(await stateOn(move.to, guest().uuid)).toMatch(/^paused/);
      const performing = perform(move);
      const seen = await flowing(move);
      expect(seen).toMatchObject({ memoryTotalBytes: expect.any(Number), round: expect.any(Number) });
      expect(seen?.memoryRemainingBytes).toBeLessThanOrEqual(seen?.memoryTotalBytes ?? 0);
      const { cookie } = await performing;
      expect(await stateOn(move.from, guest().uuid)).toBe('paused migration');
      expect(await move.to.driver.migration.job(guest().uuid)).toMatchObject({ state: 'incoming' });
      await move.destination.answers();
      const finished = await move.destination.finish(
        move.settings,
        { cookie, uri: move.prepared.uri },
        false,
      );
      await untilState(move.to, guest().uuid, 'active migrated');
      await move.source.confirm(move.settings, finished.cookie, false);
      await untilState(move.from, guest().uuid, 'absent');
      const completed = await move.destination.completedJob(guest().uuid);
      expect(completed?.state).toBe('completed');
      expect(completed?.downtimeMs).toBeGreaterThan(0);
      expect(completed?.memorySentBytes).toBeGreaterThan(mebibyte);
      expect(move.events.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['round', 'stopped', 'completed']),
      );
      expect(await move.to.driver.domains.describe(guest().uuid)).toMatchObject({ persistent: true });
      expect(await open().sightings(guest().name)).toEqual([`${move.to.name} running`]);
      expect(await move.to.driver.migration.job(guest().uuid)).toBeUndefined();
      await move.close();
    });

    it('gives a transfer up when told to; the guest goes on where it is', async () => {
      const move = await prepare();
      const performing = perform(move);
      performing.catch(() => undefined);
      await flowing(move);
      await move.from.driver.migration.abort(guest().uuid);
      await expect(performing).rejects.toMatchObject({ message: expect.any(String) });
      await move.destination
        .finish(move.settings, { cookie: new Uint8Array(), uri: move.prepared.uri }, true)
        .catch(() => undefined);
      await move.source.confirm(move.settings, new Uint8Array(), true).catch(() => undefined);
      expect(await stateOn(move.from, guest().uuid)).toMatch(/^active/);
      await untilState(move.to, guest().uuid, 'absent');
      await move.close();
    });

    it('a destination whose session ends takes the incoming copy with it; the guest goes on', async () => {
      const move = await prepare();
      const performing = perform(move);
      performing.catch(() => undefined);
      await flowing(move);
      await move.destination.close();
      await untilState(move.to, guest().uuid, 'absent');
      await expect(performing).rejects.toMatchObject({ message: expect.any(String) });
      await untilState(move.from, guest().uuid, /^active/);
      await move.close();
    });

    it('a source whose session ends sends on; then both stand still until the destination is told to start', async () => {
      const move = await prepare({ bandwidthMiBPerSecond: open().bandwidths.quick });
      const performing = perform(move);
      performing.catch(() => undefined);
      await flowing(move);
      await move.source.close();
      await expect(performing).rejects.toMatchObject({ message: expect.any(String) });
      await untilState(move.from, guest().uuid, 'paused migration');
      await until(
        'no job at the source',
        () => job(move),
        (seen) => seen === undefined,
      );
      expect(await stateOn(move.to, guest().uuid)).toMatch(/^paused/);
      await move.destination.finish(
        move.settings,
        { cookie: new Uint8Array(), uri: move.prepared.uri },
        false,
      );
      await untilState(move.to, guest().uuid, 'active migrated');
      await move.from.driver.domains.destroy(guest().uuid);
      await move.from.driver.domains.undefine(guest().uuid);
      expect(await stateOn(move.from, guest().uuid)).toBe('absent');
      await move.close();
    });

    it('is not sent faster than it was told to', async () => {
      const { capped } = open().bandwidths;
      const move = await prepare({ bandwidthMiBPerSecond: capped.rate });
      const began = open().clock.elapsed();
      const performing = perform(move);
      performing.catch(() => undefined);
      const seen = await until(
        `${capped.mebibytes} MiB sent`,
        () => job(move),
        (now) => (now?.memorySentBytes ?? 0) > capped.mebibytes * mebibyte,
      );
      const seconds = (open().clock.elapsed() - began) / 1000;
      expect((seen?.memorySentBytes ?? 0) / mebibyte / seconds).toBeLessThan(1.5 * capped.rate);
      await move.from.driver.migration.abort(guest().uuid);
      await performing.catch(() => undefined);
      await move.close();
      await untilState(move.to, guest().uuid, 'absent');
      await untilState(move.from, guest().uuid, /^active/);
    });

    it('in post-copy it goes on at the destination before all of it is there, and cannot be given up', async () => {
      await open().setLoad(16, 64);
      const move = await prepare({ postCopy: true, bandwidthMiBPerSecond: open().bandwidths.endless });
      await expect(move.from.driver.migration.startPostCopy(guest().uuid)).rejects.toMatchObject({
        message: expect.any(String),
      });
      const performing = perform(move);
      performing.catch(() => undefined);
      await until(
        'the second round',
        () => job(move),
        (seen) => (seen?.round ?? 0) >= 2,
      );
      await move.from.driver.migration.startPostCopy(guest().uuid);
      await until(
        'the switch',
        () => move.events,
        (events) => events.some(({ kind }) => kind === 'post-copy-active'),
      );
      const finishing = performing.then(({ cookie }) =>
        move.destination.finish(move.settings, { cookie, uri: move.prepared.uri }, false),
      );
      const { cookie } = await finishing;
      await untilState(move.to, guest().uuid, /^active/);
      await move.source.confirm(move.settings, cookie, false);
      await untilState(move.from, guest().uuid, 'absent');
      await open().setLoad(0, 0);
      await move.close();
    });

    it('there is nothing to abort, and no job to tell of, where nothing moves', async () => {
      const [from] = await ends(open());
      expect(await from.driver.migration.job(guest().uuid)).toBeUndefined();
      await expect(from.driver.migration.abort(guest().uuid)).rejects.toMatchObject({
        code: 'libvirt-refused',
      });
    });
  });
}
