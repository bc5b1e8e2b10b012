import { decodeBase64, encodedLength } from '@frontdesk/runtime';

/**
 * Most of what the model sends, by far, are these: kilobytes of base64 that are only passed on, and the words they are. In
 * the API's key orders their fields are cut out, without a parse of the whole; null for any other form, which is then
 * parsed.
 */
const headOf = (type: string): RegExp =>
  new RegExp(
    `^\\{(?:"type":"${type}","event_id":"[\\w-]*"|"event_id":"[\\w-]*","type":"${type}"),` +
      '"response_id":"([\\w-]+)","item_id":"([\\w-]+)","output_index":\\d{1,9},"content_index":\\d{1,9},"delta":"',
  );
const AUDIO_HEAD = headOf('response\\.output_audio\\.delta');
const WORDS_HEAD = headOf('response\\.output_audio_transcript\\.delta');
/** What stands before the audio is shorter: three ids of some thirty characters, and the keys. 20 ms of audio are longer. */
const MAX_HEAD_LENGTH = 320;
const TAIL = '"}';
const QUOTE = 0x22;
const BRACE = 0x7d;
/** What stands for itself in a JSON text: no quote, no escape, no control character. */
const PLAIN = /^[^"\\\u0000-\u001f]*$/;

/** 8 s of audio; one for all sessions: what is decoded is dealt with before the next. */
const lent = Buffer.allocUnsafeSlow(64 * 1024);

export interface AudioDelta {
  readonly responseId: string;
  readonly itemId: string;
  /** Only lent: the next delta takes its place. */
  readonly mulaw: Buffer;
}

/** Audio out of the message that is the bytes `from` to `to`, decoded where it lies. */
export const cutAudio = (bytes: Buffer, from: number, to: number): AudioDelta | null => {
  if (to - from < MAX_HEAD_LENGTH) return null;
  const head = AUDIO_HEAD.exec(bytes.toString('latin1', from, from + MAX_HEAD_LENGTH));
  const end = to - TAIL.length;
  if (!head || bytes[end] !== QUOTE || bytes[end + 1] !== BRACE) return null;
  const start = from + head[0].length;
  if (end - start > encodedLength(lent.length)) return null;
  // A quote within is no base64 either.
  const length = decodeBase64(bytes, start, end, lent, 0);
  return length < 0 ? null : { responseId: head[1]!, itemId: head[2]!, mulaw: lent.subarray(0, length) };
};

export interface WordsDelta {
  readonly type: 'response.output_audio_transcript.delta';
  readonly response_id: string;
  readonly item_id: string;
  readonly delta: string;
}

/** Words out of a message. */
export const cutWords = (text: string): WordsDelta | null => {
  const head = WORDS_HEAD.exec(text);
  // The quote before the words is not also the one behind them.
  if (!head || text.length < head[0].length + TAIL.length || !text.endsWith(TAIL)) return null;
  const delta = text.slice(head[0].length, -TAIL.length);
  if (!PLAIN.test(delta)) return null;
  return {
    type: 'response.output_audio_transcript.delta',
    response_id: head[1]!,
    item_id: head[2]!,
    delta,
  };
};
