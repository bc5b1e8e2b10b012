import fc from 'fast-check';
import { countriesOf, normalizeE164, parseTelephoneNumber } from './index';

describe('normalizeE164', () => {
  it.each([
    ['050-123-4567', 'IL', '+972501234567'],
    ['+972 (50) 123 4567', 'US', '+972501234567'],
    ['00972501234567', 'IL', '+972501234567'],
    ['(415) 867-5309', 'US', '+14158675309'],
    [' +15005550001 ', 'IL', '+15005550001'],
    ['\u202a+972-50-123-4567\u202c\u200f', 'IL', '+972501234567'],
  ])('reads %s in %s as %s', (raw, country, expected) => {
    expect(normalizeE164(raw, country)).toBe(expected);
  });

  it.each([
    '',
    'anonymous',
    'client:anna',
    'sip:a@b.example',
    '12',
    '+',
    'call 0501234567',
    '050123456789012345',
    '03-123-4567 ext 5',
    '100',
    '9.72501E+11',
  ])('finds no number in "%s"', (raw) => {
    expect(normalizeE164(raw, 'IL')).toBeNull();
  });

  it('reads international numbers without a known country, and never throws', () => {
    expect(normalizeE164('+972501234567', 'XX')).toBe('+972501234567');
    expect(normalizeE164('0501234567', 'XX')).toBeNull();
    fc.assert(
      fc.property(fc.string(), fc.string(), (raw, country) => {
        expect(normalizeE164(raw, country) ?? '+1').toMatch(/^\+\d+$/);
      }),
    );
  });

  it('knows the country of a number, also among those that share a country code', () => {
    expect(parseTelephoneNumber('+972501234567', 'US')).toEqual({ number: '+972501234567', country: 'IL' });
    expect(parseTelephoneNumber('(415) 867-5309', 'US')?.country).toBe('US');
    expect(parseTelephoneNumber('+1 416 555 0123', 'IL')?.country).toBe('CA');
    expect(parseTelephoneNumber('+800 1234 5678', 'IL')?.country ?? null).toBeNull();
  });

  it('tells the countries in which a number may be: its own, else those that share its calling code, the main one first', () => {
    const { number, country } = parseTelephoneNumber('+1 239 000 0000', 'IL')!;
    expect([number, country]).toEqual(['+12390000000', null]);
    expect(countriesOf(number)[0]).toBe('US');
    expect(countriesOf(number)).toEqual(expect.arrayContaining(['CA', 'JM', 'GU']));
    expect(countriesOf('+14165550123')).toEqual(['CA']);
    expect(countriesOf('+972501234567')).toEqual(['IL']);
    expect([countriesOf('+80012345678'), countriesOf('+')]).toEqual([[], []]);
  });

  it('tells the country in two letters or not at all, whatever the number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000, max: 999_999_999_999_999 }), (digits) => {
        expect(parseTelephoneNumber(`+${digits}`, 'IL')?.country ?? 'IL').toMatch(/^[A-Z]{2}$/);
      }),
      { numRuns: 2000, examples: [[12_390_000_000], [6_189_160_000], [80_012_345_678]] },
    );
  });
});
