import type { StorageDriver } from '../drivers.ts';
import type { SimulatedHostLink } from './hostLink.ts';

/** What reads or makes a whole image. */
const imageDeadlineMs = 60_000;
const stampsDeadlineMs = 5000;

export function simulatedStorage(link: SimulatedHostLink): StorageDriver {
  return {
    async writeMarker(path, token, options) {
      await link.ask(
        `Write a marker beside ${path} on ${link.name}`,
        ({ client, session, options }) => client.storage.writeMarker({ session, path, token }, options),
        options,
      );
    },
    hasMarker: (path, token, options) =>
      link.ask(
        `Look for a marker beside ${path} on ${link.name}`,
        ({ client, session, options }) => client.storage.hasMarker({ session, path, token }, options),
        options,
      ),
    async removeMarker(path, token, options) {
      await link.ask(
        `Remove a marker beside ${path} on ${link.name}`,
        ({ client, session, options }) => client.storage.removeMarker({ session, path, token }, options),
        options,
      );
    },
    inspect: async (path, options) =>
      (await link.ask(
        `Inspect ${path} on ${link.name}`,
        ({ client, session, options }) => client.storage.inspect({ session, path }, options),
        options,
      )) ?? undefined,
    freeBytes: async (path, options) =>
      (await link.ask(
        `See how much room there is beside ${path} on ${link.name}`,
        ({ client, session, options }) => client.storage.freeBytes({ session, path }, options),
        options,
      )) ?? undefined,
    async createImage(image, token, options) {
      await link.ask(
        `Make the image ${image.path} on ${link.name}`,
        ({ client, session, options }) => client.storage.createImage({ session, image, token }, options),
        options,
        imageDeadlineMs,
      );
    },
    async keepImage(path, token, options) {
      await link.ask(
        `Keep the image ${path} on ${link.name}`,
        ({ client, session, options }) => client.storage.keepImage({ session, path, token }, options),
        options,
      );
    },
    async removeImage(path, token, options) {
      await link.ask(
        `Remove the image ${path} on ${link.name}`,
        ({ client, session, options }) => client.storage.removeImage({ session, path, token }, options),
        options,
      );
    },
    fingerprint: async (path, options) =>
      (await link.ask(
        `Compare ${path} on ${link.name}`,
        ({ client, session, options }) => client.storage.fingerprint({ session, path }, options),
        options,
        imageDeadlineMs,
      )) ?? undefined,
    async openStamps(paths) {
      // The session that is open now answers; where it breaks, so does the look.
      const held = link.session();
      return {
        read: (options) =>
          held.call(
            `See when the disks were last written on ${link.name}`,
            ({ client, session, options }) => client.storage.stamps({ session, paths }, options),
            options,
            stampsDeadlineMs,
          ),
        close: async () => undefined,
      };
    },
  };
}
