import { type Api } from './api';
import { fetchApi } from './apis/fetch';
import { joinGroupApi } from './apis/group-membership';
import { metadataApi } from './apis/metadata';
import { offsetCommitApi } from './apis/offset-commit';
import { produceApi } from './apis/produce';
import { MalformedRequestError, Reader } from './reader';
import { Writer } from './writer';

const encoded = <Q, S>(api: Api<Q, S>, response: S, version: number): string => {
  const writer = new Writer();
  api.encode(writer, response, version);
  return writer.toBuffer().toString('hex');
};

it('reads back what it wrote', () => {
  const writer = new Writer()
    .int8(-1)
    .int16(-2)
    .int32(70_000)
    .int64(2 ** 40)
    .boolean(true)
    .string('שלום');
  writer
    .string(null)
    .bytes(Buffer.from([1, 2]))
    .bytes(null)
    .array([5, 6], (w, value) => w.int16(value));
  const reader = new Reader(writer.toBuffer());
  expect([reader.int8(), reader.int16(), reader.int32(), reader.int64()]).toEqual([-1, -2, 70_000, 2 ** 40]);
  expect([reader.boolean(), reader.string(), reader.nullableString()]).toEqual([true, 'שלום', null]);
  expect([reader.bytes(), reader.nullableBytes()]).toEqual([Buffer.from([1, 2]), null]);
  expect(reader.array(() => reader.int16())).toEqual([5, 6]);
});

it('refuses lengths and counts that the request does not hold', () => {
  expect(() => new Reader(Buffer.from('00ff61', 'hex')).string()).toThrow(MalformedRequestError);
  expect(() => new Reader(Buffer.from('7fffffff', 'hex')).array((r) => r.int8())).toThrow(
    MalformedRequestError,
  );
  expect(() => new Reader(Buffer.from('ffff', 'hex')).string()).toThrow(MalformedRequestError);
});

it('reads a Produce request', () => {
  const bytes = Buffer.from(
    'ffff' + 'ffff' + '00007530' + '00000001' + '000174' + '00000001' + '00000002' + '00000003616263',
    'hex',
  );
  expect(produceApi.decode(new Reader(bytes), 7)).toEqual({
    transactionalId: null,
    acks: -1,
    topics: [{ name: 't', partitions: [{ index: 2, records: Buffer.from('abc') }] }],
  });
});

it('reads the log start offset of a Fetch request from version 5 on', () => {
  const head = 'ffffffff' + '000001f4' + '00000001' + '00100000' + '00' + '00000001' + '000174' + '00000001';
  const v4 = Buffer.from(head + '00000000' + '0000000000000007' + '00000400', 'hex');
  const v5 = Buffer.from(head + '00000000' + '0000000000000007' + 'ffffffffffffffff' + '00000400', 'hex');
  const expected = { topics: [{ name: 't', partitions: [{ index: 0, fetchOffset: 7, maxBytes: 1024 }] }] };
  expect(fetchApi.decode(new Reader(v4), 4)).toMatchObject(expected);
  expect(fetchApi.decode(new Reader(v5), 5)).toMatchObject(expected);
});

it('reads the retention time of an OffsetCommit request up to version 4 only', () => {
  const head = '000167' + '00000003' + '00016d';
  const rest = '00000001' + '000174' + '00000001' + '00000000' + '000000000000002a' + 'ffff';
  const expected = {
    groupId: 'g',
    generation: 3,
    memberId: 'm',
    topics: [{ name: 't', partitions: [{ index: 0, offset: 42, metadata: null }] }],
  };
  expect(offsetCommitApi.decode(new Reader(Buffer.from(`${head}ffffffffffffffff${rest}`, 'hex')), 4)).toEqual(
    expected,
  );
  expect(offsetCommitApi.decode(new Reader(Buffer.from(head + rest, 'hex')), 5)).toEqual(expected);
});

it('asks for a member id first from JoinGroup version 4 on', () => {
  const bytes = Buffer.from(
    '000167' + '00001770' + '00002710' + '0000' + '0008636f6e73756d6572' + '00000000',
    'hex',
  );
  expect(joinGroupApi.decode(new Reader(bytes), 3).requiresMemberId).toBe(false);
  expect(joinGroupApi.decode(new Reader(bytes), 4).requiresMemberId).toBe(true);
});

it('writes offline replicas of Metadata from version 5 on', () => {
  const response = {
    broker: { nodeId: 0, host: 'h', port: 9092 },
    clusterId: 'c',
    topics: [{ errorCode: 0 as const, name: 't', partitionCount: 1 }],
  };
  const upToIsr =
    '00000000' +
    '00000001' +
    '00000000' +
    '000168' +
    '00002384' +
    'ffff' +
    '000163' +
    '00000000' +
    '00000001' +
    '0000' +
    '000174' +
    '00' +
    '00000001' +
    '0000' +
    '00000000' +
    '00000000' +
    '0000000100000000' +
    '0000000100000000';
  expect(encoded(metadataApi, response, 4)).toBe(upToIsr);
  expect(encoded(metadataApi, response, 5)).toBe(`${upToIsr}00000000`);
});
