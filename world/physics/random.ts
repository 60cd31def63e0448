/**
 * Randomness without state: a number hangs only on the seed, a name and a slot, so it is the same in whatever order and
 * however often it is asked for. A stream is a seed and a name in 32 bits; hash it once and draw from it.
 */
export function streamOf(seed: number, name: string): number {
  // FNV-1a over the name's UTF-16 units, begun at the seed, and finished by `mix`.
  let hash = mix(seed | 0) ^ 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return mix(hash);
}

/** 0 <= number < 1, even. Slots are whole numbers of any size a double holds exactly. */
export function noise(stream: number, slot: number): number {
  const high = Math.floor(slot / 0x1_0000_0000);
  return mix(mix(stream ^ (slot | 0)) ^ Math.imul(high, 0x9e3779b1)) / 0x1_0000_0000;
}

/** low <= number < high, even. */
export function noiseBetween(stream: number, slot: number, low: number, high: number): number {
  return low + (high - low) * noise(stream, slot);
}

/** Murmur3's last step: every bit in changes half of the bits out. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
