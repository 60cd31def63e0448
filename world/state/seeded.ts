/** FNV-1a over the text, then mixed (murmur3's last step): the same words give the same number, always. 32 bits. */
export function hash32(...words: readonly (string | number)[]): number {
  let value = 0x811c9dc5;
  for (const word of words) {
    const text = `${word}|`;
    for (let index = 0; index < text.length; index += 1) {
      value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
    }
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

function hexDigits(count: number, words: readonly (string | number)[]): string {
  let text = '';
  for (let part = 0; text.length < count; part += 1) {
    text += hash32(part, ...words)
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, count);
}

/** Shaped as RFC 9562 wants a random one (version 4), made of the seed and a name. */
export function seededUuid(seed: number, name: string): string {
  const hex = hexDigits(32, [seed, 'uuid', name]);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** In QEMU's own range, 52:54:00. */
export function seededMac(seed: number, name: string): string {
  const hex = hexDigits(6, [seed, 'mac', name]);
  return `52:54:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`;
}
