import fc from 'fast-check';
import jwt from 'jsonwebtoken';
import { connectStream, StreamTokenError, StreamTokens } from './index';

const claims = {
  callSid: `CA${'0f'.repeat(16)}`,
  businessId: '0190f000-0000-7000-8000-000000000001',
  carrier: 'twilio' as const,
  generation: 1,
  iss: 'http://10.1.2.3:3001',
};

describe('StreamTokens', () => {
  let nowMs = 1_700_000_000_000;
  const tokens = new StreamTokens(['first-secret-first', 'second-secret-se'], () => nowMs);

  it('gives back what it signed, with a fresh jti each time', () => {
    const one = tokens.verify(tokens.sign(claims, 60_000));
    expect(one).toEqual({ ...claims, jti: one.jti, exp: 1_700_000_060 });
    expect(tokens.verify(tokens.sign(claims, 60_000)).jti).not.toBe(one.jti);
    const outbound = { ...claims, businessId: null, attemptId: 'a-1', jti: 'j' };
    expect(tokens.verify(tokens.sign(outbound, 1000))).toEqual({ ...outbound, exp: 1_700_000_001 });
  });

  it('expires', () => {
    const token = tokens.sign(claims, 60_000);
    nowMs += 59_000;
    expect(tokens.verify(token).callSid).toBe(claims.callSid);
    nowMs += 2000;
    expect(() => tokens.verify(token)).toThrow(new StreamTokenError('expired'));
  });

  it('verifies with every secret and signs with the first', () => {
    const token = new StreamTokens(['second-secret-se'], () => nowMs).sign(claims, 1000);
    expect(tokens.verify(token).callSid).toBe(claims.callSid);
    expect(() => new StreamTokens(['other'], () => nowMs).verify(token)).toThrow(StreamTokenError);
    const rotated = new StreamTokens(['second-secret-se'], () => nowMs);
    expect(() => rotated.verify(tokens.sign(claims, 1000))).toThrow(StreamTokenError);
  });

  it('refuses a token of another algorithm or without a signature, and any text', () => {
    const [, payload] = tokens.sign(claims, 1000).split('.');
    const claimsOf = jwt.decode(tokens.sign(claims, 1000)) as object;
    const otherAlgorithm = jwt.sign(claimsOf, 'first-secret-first', { algorithm: 'HS512' });
    expect(() => tokens.verify(otherAlgorithm)).toThrow(StreamTokenError);
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    expect(() => tokens.verify(`${none}.${payload}.`)).toThrow(StreamTokenError);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => tokens.verify(text)).toThrow(StreamTokenError);
      }),
    );
  });

  it("fits Twilio's parameter with the long name of a pod, and says so when an address does not", () => {
    const iss =
      'http://media-gateway-7d9f8b6c5d-x2x4z.media-gateway-peers.frontdesk-production.svc.cluster.local:3001';
    const token = tokens.sign({ ...claims, iss, attemptId: claims.businessId }, 60_000);
    expect(() =>
      connectStream({ url: 'wss://a.b/c', actionUrl: 'https://a.b/c', parameters: { token } }),
    ).not.toThrow();
    expect(() => tokens.sign({ ...claims, iss: `http://${'x'.repeat(300)}` }, 1)).toThrow('internal URL');
  });
});
