import { type HeardWord } from './twilio-sim';
import { conversationHeard, conversationRemembered, heardUtterances } from './utterance';

const word = (text: string, sequence: number, startMs: number, ok = true): HeardWord => ({
  text,
  sequence,
  startMs,
  endMs: startMs + 100,
  ok,
});
const spurt = (
  ...words: HeardWord[]
): { startMs: number; endMs: number; words: HeardWord[]; text: string } => ({
  startMs: 0,
  endMs: 0,
  words,
  text: '',
});

describe('what the caller heard', () => {
  it('splits a spurt where a new text begins and joins one that had a hole', () => {
    const heard = heardUtterances({
      spurts: [
        spurt(word('good', 0, 0), word('day', 1, 200), word('you', 0, 400)),
        spurt(word('said', 1, 900)),
      ],
    });
    expect(heard.map(({ text }) => text)).toEqual(['good day', 'you said']);
  });

  it('leaves a word that was cut out of the text and says that there was one', () => {
    const [heard] = heardUtterances({ spurts: [spurt(word('once', 0, 0), word('upo', 1, 200, false))] });
    expect(heard).toMatchObject({ text: 'once', endsCut: true, endMs: 300 });
  });

  it('is compared with what the model remembers, in the order of the conversation', () => {
    const heard = conversationHeard({
      spurts: [spurt(word('hello', 0, 0)), spurt(word('yes', 0, 5_000), word('n', 1, 5_200, false))],
      said: [{ atMs: 2_000, endMs: 3_000, text: 'are you there' }],
    });
    const remembered = conversationRemembered({
      items: [
        { id: 'a', role: 'assistant', text: 'hello' },
        { id: 'b', role: 'user', text: 'are you there' },
        { id: 'c', role: 'assistant', text: 'never heard', deleted: true },
        { id: 'd', role: 'assistant', text: 'yes' },
        { id: 'e', role: 'function_call', text: 'end_call({})' },
      ],
    });
    expect(remembered).toEqual(heard);
  });
});
