import { rules } from '../../../world/dispatch.ts';
import { domainCounters } from '../../../world/domains/describe.ts';
import { hostCountersOf } from '../../../world/hosts/telling.ts';
import { worldReader } from '../../../world/hosts/worldReading.ts';
import { openScenario } from '../../../world/scenario/openScenario.ts';
import { firstState } from '../../../world/state/firstState.ts';
import { stateText } from '../../../world/state/readState.ts';
import { stateParts } from '../../../world/state/stateParts.ts';
import { World } from '../../../world/state/world.ts';
import { medianOf } from '../measure.ts';
import { centre } from './centre.ts';
import { keepMoving } from './moves.ts';

// The program of one size: `oneSize.ts HOSTS MINUTES [TRACES]`. Prints its figures as JSON. A process for each, so that
// one's memory is not another's.

const startAt = Date.UTC(2026, 0, 5, 8);
const vmsAHost = 10;
/** Twenty at once in a data centre of a thousand, and as many for its size in others. */
const hostsAMove = 50;
const toldSeconds = 20;
const mebibyte = 1024 ** 2;

const [hostsWord, minutesWord, folder] = process.argv.slice(2);
const hosts = Number(hostsWord);
const seconds = Number(minutesWord) * 60;
const made = timed(() => {
  const { scenario } = openScenario(centre(hosts, folder), 1);
  return new World(firstState(scenario, 1, startAt), scenario, rules);
});
const world = made.value;
const moves = keepMoving(world, Math.max(1, Math.round(hosts / hostsAMove)));
const read = worldReader(world);

/** Each simulated second: what happens in it, and every counter of every VM and host. */
function run(howLong: number): { readonly ms: number; readonly cpuMs: number; readonly busyNs: number } {
  const cpuBefore = process.cpuUsage();
  let busyNs = 0;
  const { ms } = timed(() => {
    for (let second = 0; second < howLong; second += 1) {
      world.runTo(world.now + 1000);
      busyNs = read().hostValues.values[0] ?? 0;
    }
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ms, cpuMs: (user + system) / 1000, busyNs };
}

run(60);
const before = moves.done();
const whole = run(seconds);
const told = medianOf(
  Array.from({ length: toldSeconds }, () => {
    world.runTo(world.now + 1000);
    return timed(() => {
      for (const host of world.hosts()) {
        hostCountersOf(world, host, 'full');
        domainCounters(world, host, 'full');
      }
    }).ms;
  }),
);
const peakMiB = process.resourceUsage().maxRSS / 1024;
const kept = timed(() => stateText(world));
const copied = medianOf(Array.from({ length: 5 }, () => timed(() => stateParts(world)).ms));
console.log(
  JSON.stringify({
    hosts,
    vms: hosts * vmsAHost,
    movesInFlight: moves.inFlight(),
    movesDone: moves.done() - before,
    movesFailed: moves.failed(),
    timesRealTime: seconds / (whole.ms / 1000),
    cpuSecondsAnHour: (whole.cpuMs / 1000) * (3600 / seconds),
    timesOneCore: seconds / (whole.cpuMs / 1000),
    toldMsASecond: told,
    startMs: made.ms,
    peakMiB,
    stateMs: kept.ms,
    stateCopyMs: copied,
    stateMiB: kept.value.length / mebibyte,
  }),
);

function timed<Value>(work: () => Value): { readonly value: Value; readonly ms: number } {
  const began = performance.now();
  const value = work();
  return { value, ms: performance.now() - began };
}
