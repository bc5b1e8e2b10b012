import { ManualClock } from '@frontdesk/runtime';
import { encodeMulaw } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import { Book } from '../book/book';
import { Brain } from '../brain/brain';
import { type Fault, FaultRegistry } from '../faults/fault-registry';
import { RealtimeSession } from './session';

interface Sent {
  type: string;
  [field: string]: unknown;
}

const PACE = {
  firstAudioMs: 100,
  createdMs: 20,
  deltaMs: 200,
  speed: 20,
  transcriptionMs: 250,
  sessionMaxMs: 60_000,
};

const open = (
  fault?: Fault,
): { clock: ManualClock; sent: Sent[]; book: Book; closes: string[]; session: RealtimeSession } => {
  const clock = new ManualClock();
  const book = new Book(null);
  const faults = new FaultRegistry();
  if (fault) faults.add(fault);
  const sent: Sent[] = [];
  const closes: string[] = [];
  const context = { clock, book, faults, brain: new Brain(), pace: PACE };
  const session = new RealtimeSession('gpt-realtime-2.1', context, {
    send: (text) => sent.push(JSON.parse(text) as Sent),
    close: (code) => closes.push(String(code)),
    drop: () => closes.push('dropped'),
  });
  clock.advance(0);
  return { clock, sent, book, closes, session };
};

const TELEPHONE = {
  type: 'session.update',
  session: {
    type: 'realtime',
    audio: {
      input: { format: { type: 'audio/pcmu' }, transcription: { model: 'gpt-transcribe' } },
      output: { format: { type: 'audio/pcmu' } },
    },
  },
};
const speech = (text: string): object => ({
  type: 'input_audio_buffer.append',
  audio: Buffer.concat([encodeMulaw(encodeSpeech(text)), Buffer.alloc(6_000, 0xff)]).toString('base64'),
});
const tell = (session: RealtimeSession, ...events: object[]): void =>
  events.forEach((event) => session.receive(JSON.stringify(event)));
const statusOf = (event: Sent | undefined): unknown => (event?.response as { status: unknown }).status;

describe('Realtime session', () => {
  it('cancels its own answer when the caller speaks over it, if the session says so', () => {
    const { clock, sent, session } = open();
    tell(session, TELEPHONE, speech('tell me a long story'));
    clock.advance(160);
    expect(sent.at(-1)?.type).toBe('response.output_audio.delta');
    tell(session, speech('stop'));
    const done = sent.find(({ type }) => type === 'response.done');
    expect(done?.response).toMatchObject({
      status: 'cancelled',
      status_details: { reason: 'turn_detected' },
    });
    clock.advance(1_000);
    expect(sent.filter(({ type }) => type === 'response.created')).toHaveLength(2);
  });

  it('generates 200 ms of audio each 10 ms and writes the turn down 250 ms after it', () => {
    const { clock, sent, session } = open();
    tell(session, TELEPHONE, speech('one two three four'));
    clock.advance(20 + 100);
    const deltas = (): number => sent.filter(({ type }) => type === 'response.output_audio.delta').length;
    expect(deltas()).toBe(1);
    clock.advance(50);
    expect(deltas()).toBe(6);
    expect(sent.some(({ type }) => type.endsWith('transcription.completed'))).toBe(false);
    clock.advance(80);
    expect(sent.find(({ type }) => type.endsWith('transcription.completed'))?.transcript).toBe(
      'one two three four',
    );
  });

  it('ends a response that reaches max_output_tokens as incomplete', () => {
    const { clock, sent, session } = open();
    const response = { instructions: 'Say exactly: one two three four five', max_output_tokens: 10 };
    tell(session, TELEPHONE, { type: 'response.create', response });
    clock.advance(2_000);
    const done = sent.find(({ type }) => type === 'response.done');
    expect(done?.response).toMatchObject({
      status: 'incomplete',
      status_details: { reason: 'max_output_tokens' },
    });
    const bytes = sent
      .filter(({ type }) => type === 'response.output_audio.delta')
      .map(({ delta }) => Buffer.from(String(delta), 'base64').length);
    expect(bytes.reduce((sum, length) => sum + length, 0)).toBe(500 * 8);
  });

  it('commits by hand when turn detection is off, and refuses an empty buffer', () => {
    const { sent, session } = open();
    tell(session, TELEPHONE, {
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection: null } } },
    });
    tell(session, { type: 'input_audio_buffer.commit', event_id: 'c1' });
    expect(sent.at(-1)?.error).toMatchObject({ code: 'input_audio_buffer_commit_empty', event_id: 'c1' });
    tell(session, speech('by hand'), { type: 'input_audio_buffer.commit' });
    expect(sent.slice(-3).map(({ type }) => type)).toEqual([
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
    ]);
    expect(sent.some(({ type }) => type.includes('speech_'))).toBe(false);
  });

  it('commits by hand only what came since the last commit', () => {
    const { sent, session } = open();
    const byHand = {
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection: null } } },
    };
    const commit = { type: 'input_audio_buffer.commit' };
    tell(session, TELEPHONE, byHand, speech('first'), commit, speech('second'), commit);
    expect(session.conversation.list().map(({ text }) => text)).toEqual(['first', 'second']);
    tell(session, speech('third'), { type: 'input_audio_buffer.clear' }, commit);
    expect(sent.at(-1)?.error).toMatchObject({ code: 'input_audio_buffer_commit_empty' });
  });

  it('closes the open item with all its .done events when a response is cancelled, and says nothing more', () => {
    const { clock, sent, session } = open();
    tell(session, TELEPHONE, speech('long story'));
    clock.advance(150);
    const from = sent.length;
    tell(session, { type: 'response.cancel' });
    expect(sent.slice(from).map(({ type }) => type)).toEqual([
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    expect(statusOf(sent.at(-2))).toBe('cancelled');
    clock.advance(10_000);
    expect(sent.slice(from).filter(({ type }) => type.startsWith('response.'))).toHaveLength(5);
  });

  it('has one active response: no second one, no cancel before it is created, none after it is done', () => {
    const { clock, sent, session } = open();
    const create = { type: 'response.create', response: { instructions: 'Say exactly: one' } };
    tell(session, TELEPHONE, create, create);
    expect(sent.at(-1)?.error).toMatchObject({ code: 'conversation_already_has_active_response' });
    tell(session, { type: 'response.cancel' });
    clock.advance(5_000);
    expect(statusOf(sent.find(({ type }) => type === 'response.done'))).toBe('completed');
    tell(session, { type: 'response.cancel' });
    expect(sent.at(-1)?.error).toMatchObject({ code: 'response_cancel_not_active' });
  });

  it('expires after its time with session_expired and a close', () => {
    const { clock, sent, closes } = open();
    clock.advance(60_000);
    expect(sent.at(-1)?.error).toMatchObject({ code: 'session_expired' });
    expect(closes).toEqual(['1001']);
  });

  it.each<[Fault, string | undefined]>([
    [{ name: 'deltas-one-big' }, '1'],
    [{ name: 'deltas-odd-sized' }, undefined],
  ])('%j loses no byte of the answer', (fault, expectedCount) => {
    const { clock, sent, session } = open(fault);
    tell(session, TELEPHONE, { type: 'response.create', response: { instructions: 'Say exactly: one two' } });
    clock.advance(5_000);
    const deltas = sent
      .filter(({ type }) => type === 'response.output_audio.delta')
      .map(({ delta }) => Buffer.from(String(delta), 'base64'));
    expect(Buffer.concat(deltas)).toEqual(encodeMulaw(encodeSpeech('one two')));
    if (expectedCount) expect(String(deltas.length)).toBe(expectedCount);
    else expect(deltas.some(({ length }) => length % 160 !== 0)).toBe(true);
  });

  it('fails a response when asked to, and is created late, drops or expires early', () => {
    const failing = open({ name: 'response-failed', params: { code: 'rate_limit_exceeded' } });
    tell(failing.session, { type: 'response.create' });
    failing.clock.advance(100);
    expect(statusOf(failing.sent.find(({ type }) => type === 'response.done'))).toBe('failed');
    const late = open({ name: 'session-created-delayed', params: { ms: 5_000 } });
    expect(late.sent).toEqual([]);
    late.clock.advance(5_000);
    expect(late.sent[0]?.type).toBe('session.created');
    const dropping = open({ name: 'socket-drop', params: { afterMs: 300 } });
    dropping.clock.advance(300);
    expect(dropping.closes).toEqual(['dropped']);
  });

  it('transcribes late or not at all when asked to', () => {
    const { clock, sent, session } = open({ name: 'transcription-failed', count: 1 });
    tell(session, TELEPHONE, speech('hello'));
    clock.advance(300);
    expect(sent.some(({ type }) => type.endsWith('input_audio_transcription.failed'))).toBe(true);
    const late = open({ name: 'transcription-late', params: { ms: 9_000 } });
    tell(late.session, TELEPHONE, speech('hello'));
    late.clock.advance(8_900);
    expect(late.sent.some(({ type }) => type === 'response.done')).toBe(true);
    expect(late.sent.some(({ type }) => type.endsWith('transcription.completed'))).toBe(false);
    late.clock.advance(200);
    expect(late.sent.some(({ type }) => type.endsWith('transcription.completed'))).toBe(true);
  });

  it('leaves no timer behind when its socket closes', () => {
    const { clock, session, book } = open();
    tell(session, TELEPHONE, speech('long story'));
    clock.advance(130);
    session.closed();
    clock.advance(300);
    expect(clock.pendingTimers).toBe(0);
    expect(book.listSessions()[0]?.closedAtMs).not.toBeNull();
  });
});
