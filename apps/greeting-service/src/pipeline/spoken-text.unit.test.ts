import { hasWords, spokenText } from './spoken-text';

describe('the text as spoken', () => {
  it.each([
    ['SSML tags', '<speak>Hello<break time="1s"/> there</speak>', 'Hello there'],
    ['an XML comment', 'Hello <!-- wait > here --> there', 'Hello there'],
    [
      'runs of punctuation',
      'Hello!!! How are you?! Wait... then,, go.',
      'Hello! How are you? Wait. then, go.',
    ],
    ['spaced dots and the ellipsis sign', 'Please hold… . . thank you', 'Please hold. thank you'],
    ['decoration', '*** Welcome *** to — our -- shop | open', 'Welcome to our shop open'],
    ['leading punctuation', ' ...,! Hello', 'Hello'],
    ['control characters and line breaks', 'Hello\u0000\u0007\r\n\tthere\u001b', 'Hello there'],
    ['direction marks around mixed text', '\u200fשלום \u202aDana\u202c\u2069!', 'שלום Dana!'],
    ['entities', 'Cohen &amp; Sons &lt;3', 'Cohen & Sons <3'],
    ['a space before a mark', 'Hello , friend !', 'Hello, friend!'],
  ])('loses %s', (_what, written, spoken) => {
    expect(spokenText(written)).toBe(spoken);
  });

  it.each([
    'שלום, הגעתם למספרה של דנה. איך אפשר לעזור?',
    'חברי צה"ל ומד"א, ברוכים הבאים לרח\' הרצל 12',
    'שָׁלוֹם עוֹלָם',
    'Open 10:30-17:00, at 1,000.50 shekels or 3.5%, press * or #1',
    'Is 3 < 5 or 7 > 6?',
    'self-service e-mail',
  ])('leaves words, Hebrew and numbers as written: %s', (text) => {
    expect(spokenText(text)).toBe(text);
  });

  it('is stable: what was normalized once does not change again', () => {
    const once = spokenText('<p>Hi!!</p> , , you... there &amp; 3.5 -- x');
    expect(spokenText(once)).toBe(once);
  });

  it.each(['<break/>', ' ...!? ', '—', ''])('has no words in %j', (written) => {
    expect(hasWords(spokenText(written))).toBe(false);
  });

  it('has words in a number alone', () => {
    expect(hasWords(spokenText('112'))).toBe(true);
  });
});
