import { type Api } from '../protocol/api';
import { type Reader } from '../protocol/reader';
import { Writer } from '../protocol/writer';

/** Who asks, and whether it is still there. */
export interface RequestContext {
  readonly clientId: string;
  /** Aborted when the connection closes or the broker stops: ends long polls. */
  readonly signal: AbortSignal;
}

/** An API with its handler; the types meet here and are forgotten after. */
export interface ServedApi {
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** Resolves with the body of the response, or null when the client wants none (acks=0). */
  serve(reader: Reader, version: number, context: RequestContext): Promise<Buffer | null>;
}

export const serve = <Request, Response>(
  api: Api<Request, Response>,
  handle: (request: Request, context: RequestContext) => Response | null | Promise<Response | null>,
): ServedApi => ({
  key: api.key,
  name: api.name,
  minVersion: api.minVersion,
  maxVersion: api.maxVersion,
  async serve(reader, version, context) {
    const response = await handle(api.decode(reader, version), context);
    if (response === null) return null;
    const writer = new Writer();
    api.encode(writer, response, version);
    return writer.toBuffer();
  },
});
