/**
 * Most of what the model sends, by far, are these: kilobytes of base64 that are only passed on. In the API's key orders the
 * fields are cut out of the text, without a parse of the whole; null for any other form, which is then parsed.
 */
const HEAD =
  /^\{(?:"type":"response\.output_audio\.delta","event_id":"[\w-]*"|"event_id":"[\w-]*","type":"response\.output_audio\.delta"),"response_id":"([\w-]+)","item_id":"([\w-]+)","output_index":\d{1,9},"content_index":\d{1,9},"delta":"/;
const TAIL = '"}';

export interface AudioDelta {
  readonly type: 'response.output_audio.delta';
  readonly response_id: string;
  readonly item_id: string;
  /** Base64. */
  readonly delta: string;
}

export const cutAudioDelta = (text: string): AudioDelta | null => {
  const head = HEAD.exec(text);
  if (!head) return null;
  const from = head[0].length;
  const to = text.length - TAIL.length;
  // The delta must end where the message does, and hold no escape.
  if (text.indexOf('"', from) !== to || !text.endsWith(TAIL) || text.indexOf('\\', from) >= 0) return null;
  return {
    type: 'response.output_audio.delta',
    response_id: head[1]!,
    item_id: head[2]!,
    delta: text.slice(from, to),
  };
};
