import { saysTheSame } from './verbatim';

describe('a transcript', () => {
  it.each([
    ['Hello, this is Dana’s Bakery!', 'hello this is Danas bakery'],
    ['שלום, הגעתם לצה"ל.', 'שלום הגעתם לצהל'],
    ['שָׁלוֹם לכם', 'שלום לכם'],
    ['Open at 10:30', 'Open at ten thirty'],
    ['Open at 10:30', 'Open at 10:30.'],
    ['1,000 cakes', 'One thousand cakes'],
  ])('of %j may be %j', (text, transcript) => expect(saysTheSame(text, transcript)).toBe(true));

  it.each([
    ['Hello', 'Sure! Hello'],
    ['Hello there', 'Hello'],
    ['Hello there', ''],
    ['Hello', 'Hello, how can I help you?'],
    ['Open at 10:30', 'Open at 11:30'],
    ['Open at 10', 'Open at'],
    ['We are open', 'We are closed'],
    ['', ''],
  ])('of %j may not be %j', (text, transcript) => expect(saysTheSame(text, transcript)).toBe(false));
});
