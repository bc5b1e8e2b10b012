import type { Call } from '../call/call';
import { callParameters } from '../call/call-parameters';
import type { TwimlWorld } from './twiml-world';
import type { Instructions } from './outcome';
import { parseTwiml, TwimlParseError, type TwimlElement } from './parse';
import { schemaWarnings } from './schema';

export interface Document {
  readonly url: string | null;
  readonly verbs: readonly TwimlElement[];
}

const TWIML_TYPES = ['text/xml', 'application/xml', 'text/html'];

/** Fetches and reads a document, from the fallback URL if need be; undefined when there is none to be had. */
export const loadDocument = async (
  world: TwimlWorld,
  call: Call,
  instructions: Instructions,
  signal: AbortSignal,
): Promise<Document | undefined> => {
  if (instructions.kind === 'twiml') {
    const document = read(call, null, instructions.twiml);
    return document instanceof LoadError ? undefined : document;
  }
  const document = await fetchDocument(world, call, instructions, signal);
  if (!(document instanceof LoadError)) return document;
  if (!instructions.fallback || signal.aborted) return undefined;
  const second = await fetchDocument(
    world,
    call,
    {
      ...instructions,
      url: instructions.fallback.url,
      method: instructions.fallback.method,
      params: { ...instructions.params, ErrorCode: String(document.code), ErrorUrl: instructions.url },
      purpose: 'fallback-url',
    },
    signal,
  );
  return second instanceof LoadError ? undefined : second;
};

class LoadError {
  constructor(readonly code: number) {}
}

const fetchDocument = async (
  world: TwimlWorld,
  call: Call,
  instructions: Extract<Instructions, { kind: 'url' }>,
  signal: AbortSignal,
): Promise<Document | LoadError> => {
  const request = {
    kind: instructions.purpose,
    url: instructions.url,
    method: instructions.method,
    params: { ...callParameters(call), ...instructions.params },
    callSid: call.sid,
    to: call.to,
    book: call.book,
    expects: 'twiml' as const,
    signal,
  };
  const isDouble = world.faults.take('webhook-duplicated', call.subject, (fault) =>
    [undefined, instructions.purpose].includes(fault.text('kind')),
  );
  if (isDouble) void world.webhooks.send({ ...request, kind: `${instructions.purpose}-duplicate` });
  const result = await world.webhooks.send(request);
  if (signal.aborted) return new LoadError(0);
  if (!result.ok) return failed(call, result.failure.code, result.failure.message);
  const text = result.body.toString('utf8');
  if (result.contentType === 'text/plain') return readPlain(instructions.url, text);
  if (result.contentType.startsWith('audio/'))
    return { url: instructions.url, verbs: [element('Play', instructions.url)] };
  // Nothing to do is an answer: the call ends.
  if (result.status === 204 || (text === '' && result.contentType === ''))
    return { url: instructions.url, verbs: [] };
  if (!TWIML_TYPES.includes(result.contentType))
    return failed(call, 12300, `content type "${result.contentType}" is not TwiML`);
  return read(call, instructions.url, text);
};

const readPlain = (url: string, text: string): Document | LoadError => {
  try {
    return { url, verbs: parseTwiml(text) };
  } catch {
    return { url, verbs: [element('Say', text)] };
  }
};

const read = (call: Call, url: string | null, text: string): Document | LoadError => {
  try {
    const verbs = parseTwiml(text);
    for (const warning of schemaWarnings(verbs)) call.book.warn(12200, warning);
    return { url, verbs };
  } catch (error) {
    if (!(error instanceof TwimlParseError)) throw error;
    return failed(call, 12100, error.message);
  }
};

const failed = (call: Call, code: number, message: string): LoadError => {
  call.book.warn(code, message);
  return new LoadError(code);
};

const element = (name: string, text: string): TwimlElement => ({ name, attributes: {}, children: [], text });
