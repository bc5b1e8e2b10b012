import { signedUrl, twilioSignature } from './signature';

const TOKEN = '12345';

describe('X-Twilio-Signature', () => {
  it('signs a form post over the URL with its query and the sorted parameters', () => {
    const signature = twilioSignature(TOKEN, 'https://mycompany.com/myapp.php?foo=1&bar=2', {
      To: '+18005551212',
      Digits: '1234',
      CallSid: 'CA1234567890ABCDE',
      From: '+14158675309',
      Caller: '+14158675309',
    });
    expect(signature).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
  });

  it('signs a JSON post over the URL alone, which carries the hash of the body', () => {
    const url =
      'https://example.com/myapp?bodySHA256=5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9';
    expect(twilioSignature(TOKEN, url)).toBe('hPXmLwIy3Fgqv1i9KPmH/HhQ6zo=');
  });

  it.each([
    ['wss://example.com/media', '7PR3qMkpDyEJtMrVOY/LDyNq8J8='],
    ['wss://example.com/media/', 'T+WBXwUXC0/CyoZ1DA+p9ilZORs='],
  ])('signs the upgrade of %s over the wss URL', (url, signature) => {
    expect(twilioSignature(TOKEN, url)).toBe(signature);
  });

  it('signs a repeated parameter once for each distinct value, sorted', () => {
    expect(twilioSignature(TOKEN, 'https://a.example/', { E: ['b', 'a', 'b'] })).toBe(
      twilioSignature(TOKEN, 'https://a.example/', { E: ['a', 'b'] }),
    );
  });

  it.each([
    ['https://user:secret@a.example:8443/x?y=1#rc=3', 'https://a.example/x?y=1'],
    ['http://a.example:8080/x', 'http://a.example:8080/x'],
    ['wss://a.example:443/ws', 'wss://a.example/ws'],
    ['https://a.example/%7Ex?b=2&a=%20', 'https://a.example/%7Ex?b=2&a=%20'],
  ])('turns %s into %s before it signs', (url, expected) => {
    expect(signedUrl(url)).toBe(expected);
  });
});
