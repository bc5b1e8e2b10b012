import { PublicOrigin } from './public-origin';

describe('PublicOrigin', () => {
  it('is what is configured, whatever a request says', () => {
    const origin = new PublicOrigin('https://calls.example.com/voice');
    origin.seen('evil.example');
    expect(origin.http('/webhook/x')).toBe('https://calls.example.com/voice/webhook/x');
    expect(origin.webSocket('/ws')).toBe('wss://calls.example.com/voice/ws');
  });

  it('is the host of the latest webhook where nothing is configured, by https', () => {
    const origin = new PublicOrigin(undefined);
    origin.seen('a-tunnel.example');
    expect(origin.http('/webhook/fallback')).toBe('https://a-tunnel.example/webhook/fallback');
    expect(origin.webSocket('/ws')).toBe('wss://a-tunnel.example/ws');
    for (const bad of ['x/../y', 'a b', 'user@host', undefined]) origin.seen(bad);
    expect(origin.base).toBe('https://a-tunnel.example');
  });
});
