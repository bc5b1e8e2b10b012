import { type Transcript } from '@frontdesk/contracts';

type Segment = Transcript['segments'][number];

const names: Record<Segment['speaker'], string> = { caller: 'Caller', agent: 'Agent' };
/** A cue needs an end; where none is known it stays up for this long. */
const UNKNOWN_LENGTH_MS = 4_000;

const clock = (ms: number, withFraction: boolean): string => {
  const total = Math.max(0, Math.round(ms));
  const pad = (value: number, width = 2): string => String(Math.floor(value)).padStart(width, '0');
  const whole = `${pad(total / 3_600_000)}:${pad((total / 60_000) % 60)}:${pad((total / 1000) % 60)}`;
  return withFraction ? `${whole}.${pad(total % 1000, 3)}` : whole;
};

/** A line a turn, `[00:00:03] Caller: …`; what has no segments is its text alone. */
export const transcriptAsText = ({ segments, text }: Pick<Transcript, 'segments' | 'text'>): string => {
  if (segments.length === 0) return `${text}\n`;
  const lines = segments.map(({ speaker, startMs, text: said }) => {
    const at = startMs === null ? '' : `[${clock(startMs, false)}] `;
    return `${at}${names[speaker]}: ${oneLine(said)}`;
  });
  return `${lines.join('\n')}\n`;
};

/** WebVTT (W3C): a cue a turn with the speaker as its voice. Segments without a time have no place in it. */
export const transcriptAsVtt = ({ segments }: Pick<Transcript, 'segments'>): string => {
  const cues = segments.flatMap(({ speaker, startMs, endMs, text }) => {
    if (startMs === null) return [];
    const end = endMs !== null && endMs > startMs ? endMs : startMs + UNKNOWN_LENGTH_MS;
    return [
      `${clock(startMs, true)} --> ${clock(end, true)}\n<v ${names[speaker]}>${escaped(oneLine(text))}\n`,
    ];
  });
  return ['WEBVTT\n', ...cues].join('\n');
};

/** An empty line would end a cue. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Also the arrow, which no cue's text may hold. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
