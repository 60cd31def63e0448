import { describe, expect, it } from 'vitest';
import { type Keeping, ReaderStream } from './readerStream.ts';

const oneByOne: Keeping<number> = {
  most: 3,
  sizeOf: () => 1,
  laggard: 'misses the oldest',
  take: (waiting) => waiting.splice(0, 1),
};
const pairs: Keeping<string> = {
  most: 6,
  sizeOf: (text) => text.length,
  laggard: { isTold: 'the reader lagged' },
  take: (waiting) => waiting.splice(0).join('').match(/..?/g) ?? [],
};

async function all<Value>(stream: ReaderStream<Value>, signal?: AbortSignal): Promise<readonly Value[]> {
  const read: Value[] = [];
  for await (const value of stream.read(signal)) read.push(value);
  return read;
}

describe('a stream for one reader', () => {
  it('is read in order, before and after the reader comes, up to its end', async () => {
    const stream = new ReaderStream(oneByOne);
    stream.push(1);
    const reading = all(stream);
    await Promise.resolve();
    stream.push(2);
    stream.end();
    stream.push(3);
    expect(await reading).toEqual([1, 2]);
  });

  it('keeps the newest for a laggard that may miss the oldest, and makes room again by reading', async () => {
    const stream = new ReaderStream(oneByOne);
    for (const value of [1, 2, 3, 4, 5]) stream.push(value);
    const reader = stream.read();
    expect(await reader.next()).toMatchObject({ value: 3 });
    stream.push(6);
    stream.end();
    expect(await all(stream)).toEqual([4, 5, 6]);
  });

  it('breaks for a laggard that may miss nothing: of what waited nothing is read', async () => {
    const stream = new ReaderStream(pairs);
    for (const text of ['abc', 'def', 'g']) stream.push(text);
    await expect(all(stream)).rejects.toThrow('the reader lagged');
  });

  it('is read in the pieces that it is taken in; what is empty is nothing', async () => {
    const stream = new ReaderStream(pairs);
    for (const text of ['', 'abc', 'de']) stream.push(text);
    const reader = stream.read();
    expect(await reader.next()).toMatchObject({ value: 'ab' });
    // All that waited was taken, so as much may come again.
    stream.push('fghijk');
    stream.end();
    expect(await reader.next()).toMatchObject({ value: 'cd' });
    expect(await reader.next()).toMatchObject({ value: 'e' });
    expect(await all(stream)).toEqual(['fg', 'hi', 'jk']);
  });

  it('says why it broke once what came before is read', async () => {
    const stream = new ReaderStream(oneByOne);
    stream.push(1);
    stream.end(new Error('the host is gone'));
    const reader = stream.read();
    expect(await reader.next()).toMatchObject({ value: 1 });
    await expect(reader.next()).rejects.toThrow('the host is gone');
  });

  it('lets a reader go that gives up', async () => {
    const stream = new ReaderStream(oneByOne);
    const leaving = new AbortController();
    const reading = all(stream, leaving.signal);
    await Promise.resolve();
    leaving.abort();
    expect(await reading).toEqual([]);
  });
});
