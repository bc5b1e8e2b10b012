import { type ServiceTokenClaims } from '@frontdesk/contracts';
import { RecentTokens } from './recent-tokens';

const claims: ServiceTokenClaims = {
  sub: 'media-gateway',
  role: 'service',
  businessIds: '*',
  aud: 'greeting-service',
};

describe('RecentTokens', () => {
  it('verifies a token once in five seconds, and then again', () => {
    let now = 0;
    const verify = jest.fn(() => claims);
    const tokens = new RecentTokens(verify, () => now);
    for (now = 0; now < 5000; now += 1000) expect(tokens.claimsOf('a')).toBe(claims);
    expect(verify).toHaveBeenCalledTimes(1);
    expect(tokens.claimsOf('a')).toBe(claims);
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it('remembers nothing of a token that is refused, or refused meanwhile', () => {
    let now = 0;
    let isValid = true;
    const verify = jest.fn(() => {
      if (!isValid) throw new Error('expired');
      return claims;
    });
    const tokens = new RecentTokens(verify, () => now);
    tokens.claimsOf('a');
    isValid = false;
    now = 5001;
    for (let n = 0; n < 2; n++) expect(() => tokens.claimsOf('a')).toThrow('expired');
    expect(verify).toHaveBeenCalledTimes(3);
  });
});
