import { expect, it } from 'vitest';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { stateText } from './readState.ts';
import { stateParts } from './stateParts.ts';

it('is the whole text of a world as it stood, though the world has gone on meanwhile', async () => {
  const test = new TestWorld();
  const migration = new TestMigration(test, 'cache-01', 'server-b');
  await migration.toPerforming();
  await test.pass(2500);
  test.strike({ kind: 'hang-vm', host: 'server-b', uuid: test.uuid('web-02') });
  const text = stateText(test.world);
  const parts = stateParts(test.world)[Symbol.iterator]();
  const first = parts.next();
  await test.pass(60_000);
  test.strike({ kind: 'power-off', host: 'server-b' });
  test.strike({ kind: 'cut-link', host: 'server-a' });
  await test.pass(60_000);
  let joined = first.done === true ? '' : first.value;
  for (let next = parts.next(); next.done !== true; next = parts.next()) joined += next.value;
  expect(joined).toBe(text);
  expect([...stateParts(test.world)].join('')).toBe(stateText(test.world));
  expect(stateText(test.world)).not.toBe(text);
});
