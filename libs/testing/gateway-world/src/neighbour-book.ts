import { encodeMulaw, framesOf } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import { type ProfileSnapshot, type Turn } from '@frontdesk/contracts';
import { type AttemptContext } from './neighbour-doubles';

/** What recording-service's double remembers of every call, unless a test says otherwise. */
export const pastTurn: Turn = {
  generation: 1,
  seq: 2,
  speaker: 'agent',
  itemId: 'item_1',
  said: 'said before the break',
  heard: 'said before the break',
  estimated: false,
  interrupted: false,
  startedAtMs: 0,
  endedAtMs: 0,
};

/** What the doubles of a {@link GatewayWorld} were asked, and what they are to answer. */
export class NeighbourBook {
  /** What recording-service was asked to record. */
  readonly recordingsAsked: { callSid: string; atMs: number }[] = [];
  /** Texts beyond those of the profiles that greeting-service has frames of, by key. */
  readonly phrases = new Map<string, string>();
  /** Attempts the dialer knows, by id. */
  readonly attempts = new Map<string, AttemptContext>();
  /** How recording-service remembers a call. */
  turnsOf: (callSid: string) => readonly Turn[] = () => [pastTurn];

  constructor(private readonly profiles: readonly ProfileSnapshot[]) {}

  /** The text behind a key, as tone code; none of a text that begins with "not synthesized". */
  framesOf(key: string): Buffer | undefined {
    const ofProfiles = this.profiles.flatMap(({ greeting, phrases }) => [
      greeting,
      ...Object.values(phrases),
    ]);
    const text = ofProfiles.find((phrase) => phrase.key === key)?.text ?? this.phrases.get(key);
    if (!text || text.startsWith('not synthesized')) return undefined;
    return Buffer.from(framesOf(encodeMulaw(encodeSpeech(text))));
  }
}
