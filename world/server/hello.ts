import { DroverError } from '#shared/contract/errors.ts';
import { worldProtocol } from '#shared/contract/worldContract.ts';
import { hostUuid } from '../hosts/telling.ts';
import { type About, api } from './api.ts';

export const hello = api.hello.handler(({ input, context }) => {
  const { about, simulation, console } = context;
  if (input.protocol !== worldProtocol) throw otherVersion(input.protocol, about);
  console.greeted = true;
  const { world } = simulation;
  return {
    ...about,
    hosts: world.hosts().map(({ name }) => ({ name, hostUuid: hostUuid(world, name) })),
  };
});

function otherVersion(protocol: number, { title, version, pid }: About): DroverError {
  const isOlder = worldProtocol < protocol;
  return new DroverError({
    code: 'world-unusable',
    tried: `Use the simulated cluster ${title} (process ${pid})`,
    cause: `its world was started by Drover ${version} and speaks version ${worldProtocol} of the protocol, and this Drover speaks version ${protocol}`,
    next: isOlder
      ? 'End that world and start it anew with this Drover'
      : 'Use the newer Drover that started it, or end that world and start it anew',
    details: { worldProtocol, protocol },
  });
}
