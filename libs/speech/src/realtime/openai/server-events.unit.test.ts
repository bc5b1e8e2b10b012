import { parseServerMessage } from './server-events';
import { realtimeEventOf } from './realtime-event-of';

const eventOf = (message: object) => {
  const parsed = parseServerMessage(JSON.stringify({ event_id: 'e1', ...message }));
  if (parsed.kind !== 'event') throw new Error(`parsed as ${JSON.stringify(parsed)}`);
  return realtimeEventOf(parsed.event, (id) => (id === 'c7' ? 'cancel' : id === 'c8' ? 'truncate' : null));
};

describe('parseServerMessage', () => {
  it('answers malformed for what is not JSON, has no type, or lacks a field that is used', () => {
    for (const text of ['', '{', 'null', '[]', '{"type":1}', '{"type":"response.created","response":{}}'])
      expect(parseServerMessage(text).kind).toBe('malformed');
  });

  it('answers unknown for an event that it does not use', () => {
    expect(parseServerMessage('{"type":"response.video.delta","delta":"x"}')).toEqual({
      kind: 'unknown',
      type: 'response.video.delta',
    });
  });

  it('reads audio in every form', () => {
    const delta = Buffer.alloc(1600, 0x55).toString('base64');
    const ids = { response_id: 'resp_1', item_id: 'item_1' };
    const type = 'response.output_audio.delta';
    const message = { type, event_id: 'event_1', ...ids, output_index: 0, content_index: 0, delta };
    const text = JSON.stringify(message);
    const expected = { kind: 'event', event: { type, ...ids, delta } };
    for (const form of [
      text,
      JSON.stringify({ delta, event_id: 'e', type, ...ids }),
      JSON.stringify({ ...message, obfuscation: 'abc' }),
      text.replace(delta, `\\u0056${delta.slice(1)}`),
    ])
      expect(parseServerMessage(form)).toEqual(expected);
    expect(parseServerMessage(text.slice(0, -1)).kind).toBe('malformed');
    expect(parseServerMessage(text.replace('resp_1', '')).kind).toBe('malformed');
  });

  it('takes words out of the usual form without parsing them, and reads those with escapes as the parser does', () => {
    const type = 'response.output_audio_transcript.delta';
    const ids = { response_id: 'resp_1', item_id: 'item_1' };
    const textOf = (delta: string): string =>
      JSON.stringify({ type, event_id: 'event_1', ...ids, output_index: 0, content_index: 0, delta });
    const parse = jest.spyOn(JSON, 'parse');
    const plain = ['שלום, ', '', 'a word }'];
    expect(plain.map((delta) => parseServerMessage(textOf(delta)))).toEqual(
      plain.map((delta) => ({ kind: 'event', event: { type, ...ids, delta } })),
    );
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    for (const delta of ['say "hi"', 'back\\slash', 'two\nlines'])
      expect(parseServerMessage(textOf(delta))).toEqual({ kind: 'event', event: { type, ...ids, delta } });
    expect(parseServerMessage(textOf('a').replace('"a"', '"\u0007"')).kind).toBe('malformed');
    expect(parseServerMessage(textOf('').replace('""', '"')).kind).toBe('malformed');
  });

  it('does not parse what it does not need', () => {
    const parse = jest.spyOn(JSON, 'parse');
    for (const message of [
      { type: 'rate_limits.updated', event_id: 'e1', rate_limits: [] },
      { event_id: 'e1', type: 'response.content_part.added', part: { type: 'audio' } },
    ])
      expect(parseServerMessage(JSON.stringify(message))).toEqual({ kind: 'unneeded' });
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    expect(parseServerMessage(JSON.stringify({ rate_limits: [], type: 'rate_limits.updated' }))).toEqual({
      kind: 'unneeded',
    });
  });

  it('keeps working when an event it knows has fields that it does not', () => {
    expect(
      eventOf({ type: 'input_audio_buffer.committed', item_id: 'i1', previous_item_id: null, new: {} }),
    ).toEqual({ kind: 'turn-committed', itemId: 'i1' });
  });
});

describe('realtimeEventOf', () => {
  it('decodes an audio delta to mu-law bytes', () => {
    expect(
      eventOf({ type: 'response.output_audio.delta', response_id: 'r1', item_id: 'i1', delta: '/38A' }),
    ).toEqual({ kind: 'audio', responseId: 'r1', itemId: 'i1', mulaw: Buffer.from([0xff, 0x7f, 0x00]) });
  });

  it('lends audio: short pieces lie in one place, the next over the last, and minutes of it in their own', () => {
    const delta = (base64: string) => {
      const event = eventOf({
        type: 'response.output_audio.delta',
        response_id: 'r',
        item_id: 'i',
        delta: base64,
      });
      return event?.kind === 'audio' ? event.mulaw : null;
    };
    const [first, second] = [delta('AQID'), delta('BAUG')];
    expect(first?.buffer).toBe(second?.buffer);
    expect([...second!]).toEqual([4, 5, 6]);
    const long = Buffer.alloc(100_000, 7);
    expect(delta(long.toString('base64'))?.equals(long)).toBe(true);
    expect([...second!]).toEqual([4, 5, 6]);
  });

  it('tells a cancelled response by status and reason', () => {
    const response = { id: 'r1', status: 'cancelled', status_details: { reason: 'client_cancelled' } };
    expect(eventOf({ type: 'response.done', response })).toEqual({
      kind: 'response-done',
      responseId: 'r1',
      status: 'cancelled',
      reason: 'client_cancelled',
      usage: null,
    });
  });

  it('gives the code of the failure as the reason of a failed response', () => {
    const response = {
      id: 'r1',
      status: 'failed',
      status_details: { error: { type: 'server_error', code: 'rate_limit_exceeded' } },
    };
    expect(eventOf({ type: 'response.done', response })).toMatchObject({ reason: 'rate_limit_exceeded' });
  });

  it('makes a tool call of a whole function_call item, and an item-done of one cut off and of a message', () => {
    const base = { type: 'response.output_item.done', response_id: 'r1', output_index: 0 };
    const call = { id: 'i2', type: 'function_call', call_id: 'c1', name: 'end_call', arguments: '{"a":1}' };
    expect(eventOf({ ...base, item: call })).toEqual({
      kind: 'tool-call',
      responseId: 'r1',
      callId: 'c1',
      name: 'end_call',
      argumentsJson: '{"a":1}',
    });
    expect(eventOf({ ...base, item: { ...call, status: 'incomplete', arguments: '{"a"' } })).toEqual({
      kind: 'item-done',
      responseId: 'r1',
      itemId: 'i2',
    });
    expect(eventOf({ ...base, item: { id: 'i1', type: 'message' } })).toEqual({
      kind: 'item-done',
      responseId: 'r1',
      itemId: 'i1',
    });
  });

  it('takes a refused command as recoverable and an expired session as not', () => {
    const error = { type: 'invalid_request_error', code: 'response_cancel_not_active', message: 'm' };
    expect(eventOf({ type: 'error', error: { ...error, event_id: 'c7' } })).toMatchObject({
      kind: 'error',
      problem: 'nothing-to-cancel',
      command: 'cancel',
      recoverable: true,
      eventId: 'c7',
    });
    expect(eventOf({ type: 'error', error: { ...error, code: 'session_expired' } })).toMatchObject({
      problem: 'expired',
      recoverable: false,
    });
  });

  it.each([
    ['a cut beyond the item', { code: 'invalid_value', event_id: 'c8' }, 'cut-refused', true],
    ['an error without a code', { code: null, type: 'server_error' }, 'busy', true],
    ['a code that nobody knows', { code: 'brand_new_code' }, 'refused', true],
    ['a used-up quota', { code: 'insufficient_quota' }, 'denied', false],
  ])('tells %s by what it means', (_what, error, problem, recoverable) => {
    const whole = { type: 'invalid_request_error', message: 'm', ...error };
    expect(eventOf({ type: 'error', error: whole })).toMatchObject({ problem, recoverable });
  });

  it('gives the session limit in epoch milliseconds', () => {
    expect(eventOf({ type: 'session.updated', session: { id: 's1', expires_at: 1_800_000_000 } })).toEqual({
      kind: 'ready',
      sessionId: 's1',
      expiresAtMs: 1_800_000_000_000,
    });
  });
});
