import type { DomainRef, TypedParameter } from '../../electron/backend/drivers/libvirt/rpc/rpc.ts';

export interface StatsRecord {
  readonly dom: DomainRef;
  readonly params: readonly TypedParameter[];
}

/**
 * A statistics reply read as one would by hand: offsets into the buffer, no codecs and no bounds. It is the yardstick
 * for the declared codecs, and nothing that may meet a real host.
 */
export function readDirectly(bytes: Buffer): readonly StatsRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const text = (): string => {
    const length = view.getUint32(at);
    const start = at + 4;
    at = start + ((length + 3) & ~3);
    return bytes.toString('utf8', start, start + length);
  };
  const uint = (): number => {
    at += 4;
    return view.getUint32(at - 4);
  };
  const parameter = (): TypedParameter => {
    const field = text();
    const tag = uint();
    switch (tag) {
      case 1:
        return { field, type: 'int', value: uint() | 0 };
      case 2:
        return { field, type: 'uint', value: uint() };
      case 4:
        at += 8;
        return { field, type: 'ullong', value: view.getBigUint64(at - 8) };
      case 7:
        return { field, type: 'string', value: text() };
      default:
        throw new Error(`${field} has type ${tag}, which no statistics of this bench have`);
    }
  };
  const records: StatsRecord[] = [];
  const count = uint();
  for (let record = 0; record < count; record += 1) {
    const name = text();
    const hex = bytes.toString('hex', at, at + 16);
    at += 16;
    const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    const dom = { name, uuid, id: uint() | 0 };
    const length = uint();
    const params: TypedParameter[] = [];
    for (let index = 0; index < length; index += 1) params.push(parameter());
    records.push({ dom, params });
  }
  return records;
}
