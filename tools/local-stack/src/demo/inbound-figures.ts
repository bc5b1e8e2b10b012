import {
  atMost,
  below,
  exactly,
  near,
  sameWords,
  told,
  type Figure,
  type LatenessProbe,
} from '@frontdesk/run-report';
import { type CallEvidence } from './evidence';
import { type InboundEvidence } from './inbound';
import { heardAsLogged, words, wordsOf } from './words';

const FPS = 50;
const FPS_TOLERANCE = 0.2;
const MAX_GAP_MS = 120;
const MAX_QUEUE_FRAMES = 10;
const FIRST_CALL_FIRST_AUDIO_MS = 200;
const CACHED_FIRST_AUDIO_MS = 50;
const BARGE_IN_STOP_MS = 200;

/** What issue and product ask of an inbound call, measured in the books of Twilio and OpenAI, not by our services. */
export const inboundFigures = (
  { first, second, persons }: InboundEvidence,
  probe: LatenessProbe,
): Figure[] => [
  ...callFigures('call 1', first, FIRST_CALL_FIRST_AUDIO_MS, probe),
  bargeInFigure(first, probe),
  ...callFigures('call 2', second, CACHED_FIRST_AUDIO_MS, probe),
  // The simulated model does not understand a person's words; that it heard somebody and answered is what can be told.
  ...(persons
    ? [exactly('your recording: turns of the agent', '', persons.turns.filter(isAgents).length, 2)]
    : []),
];

const callFigures = (
  name: string,
  evidence: CallEvidence,
  firstAudioLimitMs: number,
  probe: LatenessProbe,
): Figure[] => {
  const { book, session, call } = evidence;
  const webhook = book.events.find(
    ({ type, url }) => type === 'webhook' && /incoming_call/.test(String(url)),
  );
  const startMs = book.events.find(({ type }) => type === 'stream-start-sent')?.atMs;
  const latenessAtStart = startMs === undefined ? 0 : probe.maxMs(startMs, startMs + firstAudioLimitMs);
  const latenessOfCall = probe.maxMs(book.events[0]?.atMs, book.events.at(-1)?.atMs);
  const audibleMs = book.spurts.reduce((sum, { startMs: from, endMs }) => sum + endMs - from, 0);
  const sent = call.figures ?? {};
  return [
    told(`${name}: webhook answered`, 'ms', numberOrNull(webhook?.durationMs)),
    atMost(
      `${name}: first audio after start`,
      book.media.startToFirstMediaMs,
      firstAudioLimitMs,
      latenessAtStart,
    ),
    near(
      `${name}: frames a second within speech`,
      '/s',
      book.media.fpsWithinSpurts,
      FPS,
      // The clock that counts the arrivals is late itself: that is one frame more or less in what was audible.
      FPS_TOLERANCE + (audibleMs > 0 ? (FPS * latenessOfCall) / audibleMs : 0),
    ),
    atMost(`${name}: largest gap within speech`, book.media.maxGapMs, MAX_GAP_MS, latenessOfCall),
    below(`${name}: deepest TX queue`, 'frames', numberOrNull(sent.maxQueueDepth), MAX_QUEUE_FRAMES),
    exactly(`${name}: frames dropped`, 'frames', numberOrNull(sent.framesDropped), 0),
    told(`${name}: playout ran dry`, 'times', book.media.underruns),
    sameWords(
      `${name}: caller's words, as the model understood them`,
      words(
        (session?.items ?? [])
          .filter(({ role }) => role === 'user')
          .map(({ text }) => text)
          .join(' '),
      ),
      words(book.said.map(({ text }) => text).join(' ')),
    ),
    sameWords(
      `${name}: agent's words, as the caller heard them`,
      heardAsLogged(
        book.spurts.flatMap((spurt) => spurt.words),
        words(agentHeard(evidence)),
      ),
      words(agentHeard(evidence)),
    ),
    sameWords(
      `${name}: transcript of the caller against the recording`,
      words(spoken(evidence, 'caller')),
      wordsOf(evidence.recorded, 'caller'),
    ),
    sameWords(
      `${name}: transcript of the agent against the recording`,
      words(spoken(evidence, 'agent')),
      wordsOf(evidence.recorded, 'agent'),
    ),
    exactly(
      `${name}: protocol violations seen by Twilio and OpenAI`,
      '',
      book.media.violations.length + book.warnings.length + (session?.violations.length ?? 1),
      0,
    ),
  ];
};

/** From OpenAI's `speech_started` to the end of the agent's speech on the caller's line. */
const bargeInFigure = ({ book, session }: CallEvidence, probe: LatenessProbe): Figure => {
  const figure = 'call 1: barge-in, agent silent after speech_started';
  const started = session?.events.filter(({ type }) => type === 'input_audio_buffer.speech_started') ?? [];
  for (const { atMs } of started) {
    const spurt = book.spurts.find(({ startMs, endMs }) => startMs < atMs && atMs <= endMs);
    if (spurt) return atMost(figure, spurt.endMs - atMs, BARGE_IN_STOP_MS, probe.maxMs(atMs, spurt.endMs));
  }
  return atMost(figure, null, BARGE_IN_STOP_MS, 0);
};

/** What our own call log says the caller heard: equal to what he did hear when the history is true. */
const agentHeard = ({ turns }: CallEvidence): string =>
  turns
    .filter(isAgents)
    .map(({ heard }) => heard)
    .join(' ');

const isAgents = ({ speaker }: { speaker: string }): boolean => speaker === 'agent';

const spoken = ({ transcript }: CallEvidence, speaker: 'caller' | 'agent'): string =>
  transcript.segments
    .filter((segment) => segment.speaker === speaker)
    .map(({ text }) => text)
    .join(' ');

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
