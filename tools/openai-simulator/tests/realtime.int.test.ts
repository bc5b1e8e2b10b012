import { decodeMulaw } from '@frontdesk/audio';
import { decodeSpeech } from '@frontdesk/audio-identity';
import { readConfig } from '@frontdesk/runtime';
import { type RecordedSession } from '../src/book/session-record';
import { settings } from '../src/config';
import { OpenAiSimulator } from '../src/simulator';
import { RealtimeClient, type Received } from './realtime-client';

const bookOf = async (port: number): Promise<RecordedSession> => {
  const answer = await fetch(`http://127.0.0.1:${port}/_sim/sessions`);
  const { sessions } = (await answer.json()) as { sessions: RecordedSession[] };
  return sessions.at(-1)!;
};

const control = (port: number, path: string, body: object): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/_sim/${path}`, { method: 'POST', body: JSON.stringify(body) });

const audioOf = (events: readonly Received[]): Buffer =>
  Buffer.concat(
    events
      .filter(({ type }) => type === 'response.output_audio.delta')
      .map(({ delta }) => Buffer.from(delta as string, 'base64')),
  );

const idOf = (event: Received, key: 'item' | 'response'): string => (event[key] as { id: string }).id;

describe('Realtime session over the wire', () => {
  let simulator: OpenAiSimulator;
  let client: RealtimeClient;

  beforeEach(async () => {
    simulator = await OpenAiSimulator.start(
      readConfig(settings, { PORT: '0', OPENAI_SIM_TRANSCRIPTION_MS: '1', OPENAI_SIM_FIRST_AUDIO_MS: '5' }),
    );
    client = await RealtimeClient.connect(simulator.port);
    await client.next('session.created');
  });
  afterEach(async () => {
    await client.close();
    await simulator[Symbol.asyncDispose]();
  });

  it('hears a turn in mu-law and answers it in the GA order with every .done event', async () => {
    await client.useTelephone({}, { create_response: true, interrupt_response: true });
    const since = client.received.length;
    client.say('what is your name');
    await client.next('response.done');
    await client.next('conversation.item.input_audio_transcription.completed');
    const events = client.received.slice(since);
    const collapsed = events
      .map(({ type }) => type)
      .filter((type) => !type.includes('input_audio_transcription') && type !== 'rate_limits.updated')
      .filter((type, index, all) => !type.endsWith('.delta') || all.indexOf(type) === index);
    expect(collapsed).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
    ]);
    const transcript = events.find(({ type }) => type.endsWith('transcription.completed'))?.transcript;
    expect(transcript).toBe('what is your name');
    expect(decodeSpeech(decodeMulaw(audioOf(events))).text).toBe('you said: what is your name');
    expect(events.find(({ type }) => type === 'response.output_audio_transcript.done')?.transcript).toBe(
      'you said: what is your name',
    );
    expect(new Set(client.received.map(({ event_id: id }) => id)).size).toBe(client.received.length);
  });

  it('leaves answering and interrupting to the client when both flags are off', async () => {
    await client.useTelephone();
    client.say('tell me a long story');
    await client.next('conversation.item.input_audio_transcription.completed');
    expect(client.received.some(({ type }) => type.startsWith('response.'))).toBe(false);
    client.send({ type: 'response.create' });
    await client.next('response.output_audio.delta');
    const since = client.received.length;
    client.say('stop it');
    await client.next('input_audio_buffer.committed', since);
    const done = await client.next('response.done', since);
    expect((done.response as { status: string }).status).toBe('completed');
  });

  it('refuses a second response, and cancels the active one with all its .done events', async () => {
    await client.useTelephone();
    client.say('long story please');
    await client.next('input_audio_buffer.committed');
    client.send({ type: 'response.create' });
    const created = await client.next('response.created');
    client.send({ type: 'response.create', event_id: 'mine' });
    const refusal = (await client.next('error')).error;
    expect(refusal).toMatchObject({ code: 'conversation_already_has_active_response', event_id: 'mine' });
    await client.next('response.output_audio.delta');
    const since = client.received.length;
    client.send({ type: 'response.cancel', response_id: idOf(created, 'response') });
    const done = await client.next('response.done');
    expect(done.response).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'client_cancelled' },
    });
    expect(client.typesSince(since).filter((type) => type.endsWith('.done'))).toEqual([
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
    ]);
    client.send({ type: 'response.cancel', response_id: idOf(created, 'response') });
    const late = await client.next('error', client.received.indexOf(done));
    expect(late.error).toMatchObject({ code: 'response_cancel_not_active' });
  });

  it('ignores a cancel without id that comes before response.created', async () => {
    await client.useTelephone();
    client.send({ type: 'response.create', response: { instructions: 'Say exactly: good morning' } });
    client.send({ type: 'response.cancel' });
    const done = await client.next('response.done');
    expect((done.response as { status: string }).status).toBe('completed');
    expect(client.typesSince(0)).not.toContain('error');
    expect(decodeSpeech(decodeMulaw(audioOf(client.received))).text).toBe('good morning');
  });

  it('keeps of a truncated item the words heard by then, and refuses to truncate beyond its length', async () => {
    await client.useTelephone();
    client.send({ type: 'response.create', response: { instructions: 'Say exactly: one two three four' } });
    const added = await client.next('response.output_item.added');
    const itemId = idOf(added, 'item');
    await client.next('response.done');
    const { words } = decodeSpeech(decodeMulaw(audioOf(client.received)));
    const lengthMs = audioOf(client.received).length / 8;
    const truncate = { type: 'conversation.item.truncate', item_id: itemId, content_index: 0 };
    client.send({ ...truncate, audio_end_ms: Math.ceil(lengthMs) + 20 });
    expect((await client.next('error')).error).toMatchObject({ code: 'invalid_value' });
    client.send({ ...truncate, audio_end_ms: Math.round(words[1]!.endMs + 100) });
    await client.next('conversation.item.truncated');
    expect((await bookOf(simulator.port)).items).toEqual([
      expect.objectContaining({ id: itemId, role: 'assistant', text: 'one two' }),
    ]);
    client.send({ type: 'conversation.item.retrieve', item_id: itemId });
    const { item } = await client.next('conversation.item.retrieved');
    expect(JSON.stringify(item)).not.toContain('one');
    client.send({ type: 'conversation.item.delete', item_id: itemId });
    await client.next('conversation.item.deleted');
    expect((await bookOf(simulator.port)).items[0]).toMatchObject({ deleted: true });
  });

  it('calls a function with its arguments in deltas and goes on after its output', async () => {
    const tools = [{ type: 'function', name: 'end_call', parameters: { type: 'object', properties: {} } }];
    await client.useTelephone({ tools });
    client.say('please hang up');
    await client.next('input_audio_buffer.committed');
    client.send({ type: 'response.create' });
    const call = await client.next('response.function_call_arguments.done');
    expect(call).toMatchObject({ name: 'end_call', arguments: '{}' });
    const done = await client.next('response.done');
    expect((done.response as { output: object[] }).output).toEqual([
      expect.objectContaining({ type: 'function_call', name: 'end_call', call_id: call.call_id }),
    ]);
    const since = client.received.length;
    client.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: call.call_id, output: '{"ok":true}' },
    });
    client.send({ type: 'response.create' });
    const transcript = await client.next('response.output_audio_transcript.done', since);
    expect(transcript.transcript).toBe('done');
  });

  it('answers out of band beside the conversation, as text', async () => {
    await client.useTelephone();
    client.send({ type: 'response.create', response: { instructions: 'Say exactly: a long one two three' } });
    await client.next('response.created');
    client.send({
      type: 'response.create',
      response: {
        conversation: 'none',
        output_modalities: ['text'],
        metadata: { purpose: 'summary' },
        input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'sum up' }] }],
      },
    });
    expect((await client.next('response.output_text.done')).text).toBe('you said: sum up');
    await client.next('response.output_audio.done');
    expect((await bookOf(simulator.port)).items.map(({ text }) => text)).toEqual(['a long one two three']);
  });

  it('takes restored history as text and remembers it in order', async () => {
    await client.useTelephone();
    const message = (role: string, type: string, text: string): object => ({
      type: 'conversation.item.create',
      item: { type: 'message', role, content: [{ type, text }] },
    });
    client.send(message('assistant', 'output_text', 'Hello, this is Rosa.'));
    client.send(message('user', 'input_text', 'remember the milk'));
    client.send({ type: 'response.create' });
    const { transcript } = await client.next('response.output_audio_transcript.done');
    expect(transcript).toBe('you said: remember the milk');
    client.send(message('assistant', 'text', 'beta name'));
    expect((await client.next('error')).error).toMatchObject({ code: 'invalid_value' });
  });

  it('fails on request: mute, unknown events, a dropped socket', async () => {
    await client.useTelephone();
    await control(simulator.port, 'faults', { name: 'mute-model', count: 1 });
    await control(simulator.port, 'faults', { name: 'unknown-events', count: 1 });
    client.send({ type: 'response.create' });
    client.send({ type: 'response.create', response: { instructions: 'Say exactly: here again' } });
    await client.next('response.done');
    expect(client.typesSince(0).filter((type) => type === 'response.created')).toHaveLength(1);
    expect(client.typesSince(0)).toContain('session.weather_changed');
    const { id } = await bookOf(simulator.port);
    const closed = new Promise<number>((resolve) => client.socket.once('close', resolve));
    await control(simulator.port, `sessions/${id}/drop`, {});
    expect(await closed).toBe(1006);
    expect((await bookOf(simulator.port)).closedAtMs).not.toBeNull();
  });

  it('refuses the beta header, a missing key and an unknown model at the handshake', async () => {
    const statusOf = (options: object): Promise<string> =>
      RealtimeClient.connect(simulator.port, options).then(
        () => 'open',
        (error: Error) => error.message,
      );
    expect(await statusOf({ headers: { 'OpenAI-Beta': 'realtime=v1' } })).toContain('400');
    expect(await statusOf({ headers: { authorization: '' } })).toContain('401');
    expect(await statusOf({ model: 'gpt-9' })).toContain('404');
  });
});
