import { LabError } from './labError.ts';

/** Where Linux's boot protocol keeps what is needed here (Documentation/arch/x86/boot.rst). */
const setupSectorsAt = 0x1f1;
const payloadOffsetAt = 0x248;
const payloadLengthAt = 0x24c;
/** Of `lz4 -l`, as the kernel's Makefile calls it (Documentation/lz4_Frame_format.md, "Legacy Frame"). */
const legacyLz4 = 0x184c2102;
const blockBytes = 8 * 1024 * 1024;
/** An ELF note named "Xen" of type 18, the entry that QEMU looks for (XEN_ELFNOTE_PHYS32_ENTRY), with 4 or 8 bytes. */
const entryNotes = [4, 8].map((size) =>
  Buffer.from([4, 0, 0, 0, size, 0, 0, 0, 18, 0, 0, 0, 88, 101, 110, 0]),
);

/**
 * The kernel inside a bzImage, which QEMU can start as it is: to unpack itself, the kernel needs a fifth of a guest's
 * boot under emulation. A bzImage that is packed or made otherwise is returned unchanged.
 */
export function unpackedKernel(bzImage: Buffer): Buffer {
  const code = (bzImage.readUInt8(setupSectorsAt) + 1) * 512;
  const start = code + bzImage.readUInt32LE(payloadOffsetAt);
  // The payload ends with its unpacked size.
  const end = start + bzImage.readUInt32LE(payloadLengthAt) - 4;
  if (end > bzImage.length || bzImage.readUInt32LE(start) !== legacyLz4) return bzImage;
  const kernel = unpackLegacyLz4(bzImage.subarray(start + 4, end), bzImage.readUInt32LE(end));
  return entryNotes.some((note) => kernel.includes(note)) ? kernel : bzImage;
}

/** A legacy frame without its magic number: blocks, each after its packed size. */
function unpackLegacyLz4(packed: Buffer, size: number): Buffer {
  const unpacked = Buffer.alloc(size);
  let to = 0;
  for (let from = 0; from < packed.length; ) {
    const blockEnd = from + 4 + packed.readUInt32LE(from);
    to = unpackBlock(packed.subarray(from + 4, blockEnd), unpacked, to);
    from = blockEnd;
  }
  if (to !== size)
    throw new LabError(`The guest kernel unpacked to ${to} bytes, where its bzImage says ${size}.`);
  return unpacked;
}

/** One block (lz4_Block_format.md): sequences of literals and a match in what was unpacked before. Returns where it ended. */
function unpackBlock(block: Buffer, unpacked: Buffer, start: number): number {
  const limit = Math.min(start + blockBytes, unpacked.length);
  let from = 0;
  let to = start;
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    let more: number;
    do {
      more = block.readUInt8(from++);
      length += more;
    } while (more === 255);
    return length;
  };
  while (from < block.length) {
    const token = block.readUInt8(from++);
    const literals = lengthOf(token >> 4);
    block.copy(unpacked, to, from, from + literals);
    from += literals;
    to += literals;
    if (from >= block.length) break; // The last sequence has no match.
    const distance = block.readUInt16LE(from);
    from += 2;
    const matchEnd = to + lengthOf(token & 15) + 4;
    if (distance === 0 || distance > to - start || matchEnd > limit)
      throw new LabError('The guest kernel cannot be unpacked: its LZ4 block is damaged.');
    // Byte by byte, since a match may overlap what it makes.
    for (; to < matchEnd; to++) unpacked[to] = unpacked[to - distance] ?? 0;
  }
  return to;
}
