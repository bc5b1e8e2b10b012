import { type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { ruleSchema, type Brain } from '../brain/brain';
import { type Book } from '../book/book';
import { faultSchema, type FaultRegistry } from '../faults/fault-registry';
import { type RealtimeSession } from '../realtime/session';
import { ApiError, readJson, sendJson } from './answers';

export interface ControlParts {
  readonly book: Book;
  readonly brain: Brain;
  readonly faults: FaultRegistry;
  /** Sessions that are open now. */
  readonly openSessions: ReadonlyMap<string, RealtimeSession>;
}

const rulesSchema = z.strictObject({ rules: z.array(ruleSchema) });

/** `/_sim/…`: what happened, what the brain says, what shall go wrong. Not part of the vendor's API. */
export const answerControl = async (
  { book, brain, faults, openSessions }: ControlParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> => {
  const path = url.pathname.replace(/^\/_sim/, '');
  switch (`${request.method} ${path.replace(/^\/sessions\/[^/]+\/drop$/, '/sessions/{id}/drop')}`) {
    case 'GET /health':
      return sendJson(response, 200, { ok: true, openSessions: openSessions.size });
    case 'GET /sessions':
      return sendJson(response, 200, {
        sessions: book.listSessions(url.searchParams.get('contains') ?? undefined),
      });
    case 'POST /sessions/{id}/drop': {
      const session = openSessions.get(path.split('/')[2] ?? '');
      if (!session) throw new ApiError(404, 'No such open session.');
      session.drop();
      return sendJson(response, 200, {});
    }
    case 'GET /requests':
      return sendJson(response, 200, { requests: book.listRequests() });
    case 'POST /brain':
      brain.setRules((await readJson(request, rulesSchema)).rules);
      return sendJson(response, 200, {});
    case 'DELETE /brain':
      brain.setRules([]);
      return sendJson(response, 200, {});
    case 'GET /faults':
      return sendJson(response, 200, { faults: faults.list() });
    case 'POST /faults':
      faults.add(await readJson(request, faultSchema));
      return sendJson(response, 201, {});
    case 'DELETE /faults':
      faults.clear();
      return sendJson(response, 200, {});
    default:
      throw new ApiError(404, `No such control: ${request.method} ${url.pathname}`);
  }
};
