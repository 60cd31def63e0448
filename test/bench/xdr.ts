import { isDeepStrictEqual } from 'node:util';
import { domainRef } from '../../electron/backend/drivers/libvirt/rpc/references.ts';
import {
  connectGetAllDomainStats,
  parameter,
  type TypedParameter,
} from '../../electron/backend/drivers/libvirt/rpc/rpc.ts';
import { typedParameter } from '../../electron/backend/drivers/libvirt/rpc/typedParameters.ts';
import * as codec from '../../electron/backend/drivers/libvirt/rpc/xdr/codec.ts';
import { XdrReader } from '../../electron/backend/drivers/libvirt/rpc/xdr/reader.ts';
import { XdrWriter } from '../../electron/backend/drivers/libvirt/rpc/xdr/writer.ts';
import { readDirectly, type StatsRecord } from './directReading.ts';
import { medianOf } from './measure.ts';

// How long it takes to decode one ConnectGetAllDomainStats reply of 500 domains by its declared codec, against reading
// the same bytes by hand and against JSON.parse of the same facts.

export interface XdrBenchResult {
  readonly domains: number;
  readonly parameters: number;
  readonly xdrBytes: number;
  /** Medians, milliseconds. */
  readonly codecMs: number;
  readonly directMs: number;
  readonly jsonBytes: number;
  readonly jsonParseMs: number;
}

const domains = 500;
const warmUps = 20;
const rounds = 60;

export function run(): XdrBenchResult {
  const records = statsOfAllDomains();
  const bytes = encodedReply(records);
  if (!isDeepStrictEqual(readDirectly(bytes), decoded(bytes).retStats)) {
    throw new Error('read by hand and by codec, the same bytes say different things');
  }
  const json = JSON.stringify(records, (_, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  return {
    domains,
    parameters: records.reduce((sum, { params }) => sum + params.length, 0),
    xdrBytes: bytes.length,
    codecMs: medianMs(() => decoded(bytes)),
    directMs: medianMs(() => readDirectly(bytes)),
    jsonBytes: json.length,
    jsonParseMs: medianMs(() => JSON.parse(json)),
  };
}

function decoded(bytes: Buffer) {
  return connectGetAllDomainStats.reply.read(new XdrReader(bytes));
}

/** The payload of a reply, as a host sends it. */
function encodedReply(records: readonly StatsRecord[]): Buffer {
  const reply = codec.array(
    codec.struct({ dom: domainRef, params: codec.array(typedParameter, 262_144) }),
    16_384,
  );
  const writer = new XdrWriter(32 * 1024 * 1024);
  reply.write(writer, records);
  return writer.finish();
}

/** What QEMU domains of two vCPUs, one interface and two disks report in the usual groups. */
function statsOfAllDomains(): readonly StatsRecord[] {
  return Array.from({ length: domains }, (_, index) => ({
    dom: {
      name: `web-frontend-${index}`,
      uuid: `5f3c2a10-9d1e-4b8a-8c6f-${index.toString(16).padStart(12, '0')}`,
      id: index + 1,
    },
    params: statsOf(index),
  }));
}

const balloonFields =
  'current maximum swap_in swap_out major_fault minor_fault unused available usable rss'.split(' ');
const interfaceFields = 'rx.bytes rx.pkts rx.errs rx.drop tx.bytes tx.pkts tx.errs tx.drop'.split(' ');
const blockFields =
  'rd.reqs rd.bytes rd.times wr.reqs wr.bytes wr.times fl.reqs fl.times allocation capacity physical'.split(
    ' ',
  );

function statsOf(index: number): TypedParameter[] {
  const counter = (field: string, factor: number) =>
    parameter.ullong(field, BigInt(index + 1) * BigInt(factor) + 123_456_789n);
  return [
    parameter.int('state.state', 1),
    parameter.int('state.reason', 5),
    counter('cpu.time', 9_876_543_210),
    counter('cpu.user', 1_234_567_890),
    counter('cpu.system', 987_654_321),
    ...balloonFields.map((field, at) => counter(`balloon.${field}`, at + 1000)),
    parameter.uint('vcpu.current', 2),
    parameter.uint('vcpu.maximum', 2),
    ...[0, 1].flatMap((vcpu) => [
      parameter.int(`vcpu.${vcpu}.state`, 1),
      counter(`vcpu.${vcpu}.time`, 4_938_271_605),
      counter(`vcpu.${vcpu}.wait`, 0),
    ]),
    parameter.uint('net.count', 1),
    parameter.string('net.0.name', `vnet${index}`),
    ...interfaceFields.map((field, at) => counter(`net.0.${field}`, at * 77_777)),
    parameter.uint('block.count', 2),
    ...[0, 1].flatMap((disk) => [
      parameter.string(`block.${disk}.name`, disk === 0 ? 'vda' : 'vdb'),
      parameter.string(`block.${disk}.path`, `/var/lib/libvirt/images/web-frontend-${index}-${disk}.qcow2`),
      parameter.uint(`block.${disk}.backingIndex`, disk + 1),
      ...blockFields.map((field, at) => counter(`block.${disk}.${field}`, at * 4096)),
    ]),
  ];
}

function medianMs(work: () => unknown): number {
  for (let round = 0; round < warmUps; round++) work();
  return medianOf(
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );
}
