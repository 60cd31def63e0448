import { procedure } from '../procedure.ts';
import { text } from '../references.ts';
import { typedParameter } from '../typedParameters.ts';
import * as codec from '../xdr/codec.ts';

// What a host says about itself. Field names as in remote_protocol.x.

/** `char model[32]`: each character takes a 32-bit unit on the wire. */
const modelName: codec.Codec<string> = {
  layout: { kind: 'repeat', of: { kind: 'int' }, length: 32 },
  minimumBytes: 128,
  read: (reader) => {
    const codes = Array.from({ length: 32 }, () => reader.int() & 0xff);
    const end = codes.indexOf(0);
    return Buffer.from(end < 0 ? codes : codes.slice(0, end)).toString('utf8');
  },
  write: (writer, value) => {
    const bytes = Buffer.from(value).subarray(0, 31);
    for (let index = 0; index < 32; index++) writer.int(bytes[index] ?? 0);
  },
};

/** `memory` in KiB; CPUs in all are nodes * sockets * cores * threads, of which `cpus` are active. */
export const nodeGetInfo = procedure(
  6,
  'node_get_info',
  codec.nothing,
  codec.struct({
    model: modelName,
    memory: codec.uhyper,
    cpus: codec.int,
    mhz: codec.int,
    nodes: codec.int,
    sockets: codec.int,
    cores: codec.int,
    threads: codec.int,
  }),
);

const counter = codec.struct({ field: text, value: codec.uhyper });

/** `cpuNum` -1: all together. `nparams` 0 asks how many there are. Values in nanoseconds since boot. */
export const nodeGetCpuStats = procedure(
  227,
  'node_get_cpu_stats',
  codec.struct({ cpuNum: codec.int, nparams: codec.int, flags: codec.flags }),
  codec.struct({ params: codec.array(counter, 16), nparams: codec.int }),
);

/** `cellNum` -1: all together. `nparams` 0 asks how many there are. Values in KiB. */
export const nodeGetMemoryStats = procedure(
  228,
  'node_get_memory_stats',
  codec.struct({ nparams: codec.int, cellNum: codec.int, flags: codec.flags }),
  codec.struct({ params: codec.array(counter, 16), nparams: codec.int }),
);

/** Bytes. */
export const nodeGetFreeMemory = procedure(
  102,
  'node_get_free_memory',
  codec.nothing,
  codec.struct({ freeMem: codec.uhyper }),
);

/** Bytes per NUMA cell. */
export const nodeGetCellsFreeMemory = procedure(
  101,
  'node_get_cells_free_memory',
  codec.struct({ startCell: codec.int, maxcells: codec.int }),
  codec.struct({ cells: codec.array(codec.uhyper, 1024) }),
);

/** Bit n of `cpumap` (byte n / 8, lowest bit first) stands for CPU n; `ret` is the number of CPUs. */
export const nodeGetCpuMap = procedure(
  293,
  'node_get_cpu_map',
  codec.struct({ needMap: codec.int, needOnline: codec.int, flags: codec.flags }),
  codec.struct({ cpumap: codec.opaque(2048), online: codec.uint, ret: codec.int }),
);

/** Shared-memory (KSM) settings and counters. */
export const nodeGetMemoryParameters = procedure(
  289,
  'node_get_memory_parameters',
  codec.struct({ nparams: codec.int, flags: codec.flags }),
  codec.struct({ params: codec.array(typedParameter, 64), nparams: codec.int }),
);
