import { cutAudio } from './cut-delta';

const mulaw = Buffer.from(Array.from({ length: 1600 }, (_, index) => (index * 7) % 256));
const audio = mulaw.toString('base64');
const type = 'response.output_audio.delta';
const ids = { response_id: 'resp_1', item_id: 'item_1' };
const rest = { ...ids, output_index: 0, content_index: 0, delta: audio };
const usual = { type, event_id: 'event_1', ...rest };

/** What is cut out of a message that lies between others. */
const cut = (text: string) => {
  const bytes = Buffer.from(`{"a":"שלום"}${text}{"b":1}`);
  const from = Buffer.byteLength('{"a":"שלום"}');
  return cutAudio(bytes, from, from + Buffer.byteLength(text));
};

describe('cutAudio', () => {
  it('decodes audio where it lies, in both of the usual key orders', () => {
    for (const message of [usual, { event_id: 'event_1', type, ...rest }]) {
      const audioOf = cut(JSON.stringify(message));
      expect(audioOf).toMatchObject({ responseId: 'resp_1', itemId: 'item_1' });
      expect(audioOf!.mulaw.equals(mulaw)).toBe(true);
    }
  });

  it('leaves every other form to the parser', () => {
    const text = JSON.stringify(usual);
    const odd = [
      JSON.stringify({ delta: audio, event_id: 'e', type, ...ids }),
      JSON.stringify({ ...usual, obfuscation: 'abc' }),
      JSON.stringify(usual, null, 1),
      text.replace(audio, `\\u0056${audio.slice(1)}`),
      text.replace('"delta":', '"delta":"AAAA","delta":'),
      text.replace(audio, audio.slice(1)),
      text.replace(audio, `${audio.slice(0, 8)}!${audio.slice(9)}`),
      text.slice(0, -1),
      text.replace('resp_1', ''),
      JSON.stringify({ ...usual, type: 'response.output_audio_transcript.delta' }),
      JSON.stringify({ ...usual, delta: Buffer.alloc(70_000).toString('base64') }),
      '',
      '"}',
    ];
    expect(odd.map(cut)).toEqual(odd.map(() => null));
  });
});
