import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { isSignedUpgrade, webhookGuard } from '../index';

const sign = (token: string, data: string): string => createHmac('sha1', token).update(data).digest('base64');
const form = (fields: [string, string][]): Buffer => Buffer.from(new URLSearchParams(fields).toString());
const FORM = 'application/x-www-form-urlencoded; charset=utf-8';

const guardOf = (publicUrl: string, authTokens = ['12345']) => {
  const guard = webhookGuard({ authTokens, publicUrl, validate: true });
  return (
    originalUrl: string,
    signature: string | undefined,
    rest: { method?: string; type?: string; body?: Buffer; host?: string } = {},
  ): boolean =>
    guard({
      method: rest.method ?? 'POST',
      originalUrl,
      headers: {
        host: rest.host ?? 'evil.example',
        'x-forwarded-host': 'evil.example',
        'content-type': rest.type ?? FORM,
        ...(signature !== undefined && { 'x-twilio-signature': signature }),
      },
      params: {},
      rawBody: rest.body ?? Buffer.alloc(0),
    });
};

const VECTOR_BODY = form([
  ['CallSid', 'CA1234567890ABCDE'],
  ['Caller', '+14158675309'],
  ['Digits', '1234'],
  ['From', '+14158675309'],
  ['To', '+18005551212'],
]);
const VECTOR = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';

describe('webhookGuard', () => {
  const guard = guardOf('https://mycompany.com');

  it("accepts the SDK's test vector for a form, and nothing near it", () => {
    expect(guard('/myapp.php?foo=1&bar=2', VECTOR, { body: VECTOR_BODY })).toBe(true);
    expect(guard('/myapp.php?foo=1&bar=3', VECTOR, { body: VECTOR_BODY })).toBe(false);
    expect(guard('/myapp.php?foo=1&bar=2', VECTOR, { body: form([['CallSid', 'CA1']]) })).toBe(false);
    expect(guard('/myapp.php?foo=1&bar=2', undefined, { body: VECTOR_BODY })).toBe(false);
    expect(guard('/myapp.php?foo=1&bar=2', '', { body: VECTOR_BODY })).toBe(false);
    expect(guardOf('https://other.com')('/myapp.php?foo=1&bar=2', VECTOR, { body: VECTOR_BODY })).toBe(false);
  });

  it("accepts the SDK's test vector for a JSON body, and refuses another body", () => {
    const url = '/myapp?bodySHA256=5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9';
    const body = Buffer.from('{"CallSid":"CA1234567890ABCDE","Caller":"+12349013030"}');
    const json = { type: 'application/json' };
    const signature = 'hPXmLwIy3Fgqv1i9KPmH/HhQ6zo=';
    expect(guardOf('https://example.com')(url, signature, { ...json, body })).toBe(true);
    expect(guardOf('https://example.com')(url, signature, { ...json, body: Buffer.from('{}') })).toBe(false);
  });

  it('refuses a body that nothing signs', () => {
    const signature = sign('12345', 'https://mycompany.com/hook');
    expect(guard('/hook', signature, { type: 'text/plain' })).toBe(true);
    expect(guard('/hook', signature, { type: 'application/json', body: Buffer.from('{}') })).toBe(false);
    expect(guard('/hook', signature, { method: 'GET', body: Buffer.from('a=b') })).toBe(false);
  });

  it('signs a GET over its whole URL', () => {
    const signature = sign('12345', 'https://mycompany.com/hook?From=%2B1415&x=a%20b');
    expect(guard('/hook?From=%2B1415&x=a%20b', signature, { method: 'GET' })).toBe(true);
    expect(guard('/hook?From=%2B1415&x=a', signature, { method: 'GET' })).toBe(false);
  });

  it('accepts what any of several tokens signed', () => {
    const signature = sign('new', 'https://mycompany.com/hook');
    expect(guardOf('https://mycompany.com', ['old', 'new'])('/hook', signature)).toBe(true);
    expect(guardOf('https://mycompany.com', ['old'])('/hook', signature)).toBe(false);
  });

  it('drops a port with https, keeps it with http', () => {
    const https = sign('12345', 'https://mycompany.com/hook');
    const http = sign('12345', 'http://mycompany.com:8080/hook');
    expect(guardOf('https://mycompany.com:8443')('/hook', https)).toBe(true);
    expect(guardOf('http://mycompany.com:8080')('/hook', http)).toBe(true);
  });

  it('keeps the path of a public URL that has one', () => {
    expect(guardOf('https://h.example/voice/')('/hook', sign('12345', 'https://h.example/voice/hook'))).toBe(
      true,
    );
  });

  it('accepts every form Twilio may sign: repeated names, spaces, plus signs, Hebrew', () => {
    const fields = fc.array(
      fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fields, (pairs) => {
        const names = [...new Set(pairs.map(([name]) => name))].sort();
        const data = names
          .map((name) => [...new Set(pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]))].sort())
          .map((values, i) => values.map((value) => names[i]! + value).join(''))
          .join('');
        const signature = sign('12345', `https://mycompany.com/hook${data}`);
        expect(guard('/hook', signature, { body: form(pairs) })).toBe(true);
      }),
    );
  });

  it('lets everything through when told not to validate', () => {
    const open = webhookGuard({ authTokens: ['1'], publicUrl: 'https://h.example', validate: false });
    expect(
      open({ method: 'POST', originalUrl: '/', headers: {}, params: {}, rawBody: Buffer.alloc(0) }),
    ).toBe(true);
  });

  it('answers false, and does not throw, for a URL that is none', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        expect(guard(path, 'x')).toBe(false);
      }),
    );
  });
});

describe('isSignedUpgrade', () => {
  const isSigned = (path: string, signature: string, publicUrl = 'https://example.com', tokens = ['12345']) =>
    isSignedUpgrade({
      authTokens: tokens,
      publicUrl,
      path,
      headers: { host: 'evil.example', 'x-twilio-signature': signature },
      validate: true,
    });
  const PLAIN = '7PR3qMkpDyEJtMrVOY/LDyNq8J8=';
  const SLASHED = 'T+WBXwUXC0/CyoZ1DA+p9ilZORs=';

  it("accepts the SDK's vectors of wss URLs with and without the last slash, whichever path we see", () => {
    for (const path of ['/media', '/media/'])
      for (const signature of [PLAIN, SLASHED]) expect(isSigned(path, signature)).toBe(true);
    expect(isSigned('/other', PLAIN)).toBe(false);
    expect(isSigned('/media', sign('12345', 'https://example.com/media'))).toBe(false);
    expect(isSigned('/media', PLAIN, 'https://evil.example')).toBe(false);
  });

  it('accepts an explicit port 443 and any of several tokens', () => {
    expect(isSigned('/media', sign('12345', 'wss://example.com:443/media'))).toBe(true);
    expect(isSigned('/media', PLAIN, 'https://example.com', ['other', '12345'])).toBe(true);
    expect(isSigned('/media', PLAIN, 'https://example.com', ['other'])).toBe(false);
  });

  it('refuses an upgrade without a signature', () => {
    const options = { authTokens: ['12345'], publicUrl: 'https://example.com', path: '/media', headers: {} };
    expect(isSignedUpgrade({ ...options, validate: true })).toBe(false);
    expect(isSignedUpgrade({ ...options, validate: false })).toBe(true);
  });
});
