import { ConfigError } from '@frontdesk/runtime';
import { publicUrlOf, StreamTokens } from '@frontdesk/telephony';
import { CallUrls } from './call-urls';

const urls = (internalUrl: string): CallUrls =>
  new CallUrls({
    tokens: new StreamTokens(['a-secret-of-32-characters-or-more']),
    publicUrl: publicUrlOf({ publicUrl: 'https://calls.example.com' }),
    internalUrl: () => internalUrl,
  });

describe('the length of tokens', () => {
  it('fits for an address by IP, also version 6, and for a pod by its name', () => {
    expect(() => urls('http://[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:3001').checkLength()).not.toThrow();
    expect(() =>
      urls('http://media-gateway-0.media-gateway-peers.frontdesk:3001').checkLength(),
    ).not.toThrow();
  });

  it('is a matter of the configuration, told at the start by one line', () => {
    const tooLong = urls(`http://${'x'.repeat(200)}:3001`);
    expect(() => tooLong.checkLength()).toThrow(ConfigError);
    expect(() => tooLong.checkLength()).toThrow(
      /INTERNAL_URL does not fit: a stream token has \d+ characters/,
    );
  });
});
