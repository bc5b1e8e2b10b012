import { type Reader } from './reader';
import { type Writer } from './writer';

/**
 * One API of the protocol: how its requests are read and its responses written, for the versions we speak. The ranges
 * lie within what Apache Kafka 4 accepts as well (KIP-896), so that a client that works here works there.
 */
export interface Api<Request, Response> {
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  decode(reader: Reader, version: number): Request;
  encode(writer: Writer, response: Response, version: number): void;
}

/** Identity that lets TypeScript infer the two types. */
export const defineApi = <Request, Response>(api: Api<Request, Response>): Api<Request, Response> => api;
