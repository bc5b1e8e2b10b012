import { decodeSpeech } from '@frontdesk/audio-identity';
import { speak } from '../../voice/spoken-text';
import { Conversation } from './conversation';
import { ConversationItem } from './conversation-item';

const wire = (id: string): ConversationItem['wire'] => ({
  id,
  type: 'message',
  role: 'assistant',
  content: [],
});
const item = (id: string): ConversationItem => new ConversationItem(wire(id), id);
const spokenItem = (text: string): ConversationItem => {
  const spoken = speak(text, 8_000);
  return new ConversationItem(wire('s'), text, { spoken, generatedSamples: spoken.pcm.length });
};

describe('conversation', () => {
  it('puts items at the end, at the root or after another, and says what is before them', () => {
    const conversation = new Conversation();
    expect(conversation.add(item('b'))).toBeNull();
    expect(conversation.add(item('d'))).toBe('b');
    expect(conversation.add(item('a'), 'root')).toBeNull();
    expect(conversation.add(item('c'), 'b')).toBe('b');
    expect(conversation.list().map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(() => conversation.add(item('e'), 'z')).toThrow(/does not exist/);
    expect(() => conversation.add(item('a'))).toThrow(/already exists/);
  });

  it('forgets a deleted item but keeps it in its history', () => {
    const conversation = new Conversation();
    ['a', 'b', 'c'].forEach((id) => conversation.add(item(id)));
    conversation.delete('c');
    expect(conversation.lastId).toBe('b');
    expect(conversation.history().map(({ isDeleted }) => isDeleted)).toEqual([false, false, true]);
    expect(() => conversation.delete('c')).toThrow(/does not exist/);
  });

  it('keeps of a cut answer exactly what a listener makes out of the same audio', () => {
    const { spoken } = spokenItem('one two three four').speech!;
    for (let ms = 0; ms <= spoken.pcm.length / 8; ms += 20) {
      const cut = spokenItem('one two three four');
      cut.truncate(ms);
      const heard = decodeSpeech(
        new Int16Array([...spoken.pcm.subarray(0, ms * 8), ...new Int16Array(8_000)]),
      );
      expect(cut.text).toBe(heard.text);
    }
    const whole = spoken.words.filter(({ endMs }) => endMs <= spoken.words[1]!.endMs);
    const cut = spokenItem('one two three four');
    cut.truncate(spoken.words[1]!.endMs);
    expect(cut.text).toBe(whole.map(({ text }) => text).join(' '));
  });

  it('refuses to truncate beyond the audio, again beyond the cut, or what has none', () => {
    const cut = spokenItem('one two');
    expect(() => cut.truncate(Math.ceil(cut.audioMs!) + 1)).toThrow(/already shorter/);
    cut.truncate(100);
    expect(() => cut.truncate(200)).toThrow(/100ms is already shorter than 200ms/);
    expect(() => item('text').truncate(0)).toThrow(/Only model output audio/);
  });
});
