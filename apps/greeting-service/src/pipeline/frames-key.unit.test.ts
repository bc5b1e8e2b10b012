import { framesKey } from './frames-key';

const request = { businessId: 'b1', locale: 'he-IL', voice: 'alloy', text: 'Hello there' };

describe('the key of frames', () => {
  it('is the same for texts that are spoken the same', () => {
    expect(framesKey({ ...request, text: '<speak>Hello  there</speak>' })).toBe(framesKey(request));
  });

  it.each([
    ['business', { businessId: 'b2' }],
    ['locale', { locale: 'en-US' }],
    ['voice', { voice: 'nova' }],
    ['text', { text: 'Hello there!' }],
  ])('differs for another %s', (_what, change) => {
    expect(framesKey({ ...request, ...change })).not.toBe(framesKey(request));
  });

  it('is 64 hex digits', () => {
    expect(framesKey(request)).toMatch(/^[0-9a-f]{64}$/);
  });
});
