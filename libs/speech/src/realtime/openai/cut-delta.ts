/**
 * Most of what the model sends, by far, are these: kilobytes of base64 that are only passed on, and the words they are. In
 * the API's key orders their fields are cut out of the text, without a parse of the whole; null for any other form, which
 * is then parsed.
 */
const HEAD =
  /^\{(?:"type":"response\.output_audio(_transcript)?\.delta","event_id":"[\w-]*"|"event_id":"[\w-]*","type":"response\.output_audio(_transcript)?\.delta"),"response_id":"([\w-]+)","item_id":"([\w-]+)","output_index":\d{1,9},"content_index":\d{1,9},"delta":"/;
const TAIL = '"}';
/** What stands for itself in a JSON text: no quote, no escape, no control character. */
const PLAIN = /^[^"\\\u0000-\u001f]*$/;

export interface Delta {
  readonly type: 'response.output_audio.delta' | 'response.output_audio_transcript.delta';
  readonly response_id: string;
  readonly item_id: string;
  /** Base64, or words. */
  readonly delta: string;
}

export const cutDelta = (text: string): Delta | null => {
  const head = HEAD.exec(text);
  if (!head || !text.endsWith(TAIL)) return null;
  const isWords = (head[1] ?? head[2]) !== undefined;
  const from = head[0].length;
  const to = text.length - TAIL.length;
  // The delta must end where the message does. Base64 is not looked at: as after a parse, its decoder skips what is none.
  if (text.indexOf('"', from) !== to || text.indexOf('\\', from) >= 0) return null;
  const delta = text.slice(from, to);
  if (isWords && !PLAIN.test(delta)) return null;
  return {
    type: isWords ? 'response.output_audio_transcript.delta' : 'response.output_audio.delta',
    response_id: head[3]!,
    item_id: head[4]!,
    delta,
  };
};
