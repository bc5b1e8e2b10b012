import { parseTwiml } from './parse';
import { schemaWarnings } from './schema';

describe('a TwiML document', () => {
  it('gives its verbs in order with attributes, children and text, entities decoded', () => {
    const verbs = parseTwiml(
      `<?xml version="1.0" encoding="UTF-8"?>
       <!-- a comment -->
       <Response>
         <Say voice="x" language="he-IL">a &amp; b &#39;c&apos; שלום</Say>
         <Connect><Stream url="wss://a.example/x"><Parameter name="n" value="1&quot;2"/></Stream></Connect>
         <Redirect>https://a.example/?x=1&amp;y=2</Redirect>
       </Response>`,
    );
    expect(verbs.map(({ name }) => name)).toEqual(['Say', 'Connect', 'Redirect']);
    expect(verbs[0]).toMatchObject({
      attributes: { voice: 'x', language: 'he-IL' },
      text: "a & b 'c' שלום",
    });
    expect(verbs[1]?.children[0]?.children[0]?.attributes).toEqual({ name: 'n', value: '1"2' });
    expect(verbs[2]?.text).toBe('https://a.example/?x=1&y=2');
  });

  it('may be empty', () => {
    expect(parseTwiml('<Response/>')).toEqual([]);
    expect(parseTwiml('<Response></Response>')).toEqual([]);
  });

  it.each([
    ['no document', ''],
    ['text', 'hello'],
    ['an open element', '<Response><Say>x</Response>'],
    ['another root', '<response><Hangup/></response>'],
    ['two roots', '<Response/><Response/>'],
    ['a bare ampersand in a URL', '<Response><Redirect>https://a.example/?a=1&b=2</Redirect></Response>'],
    ['an entity of HTML', '<Response><Say>a&nbsp;b</Say></Response>'],
  ])('is refused when it is %s', (_, xml) => {
    expect(() => parseTwiml(xml)).toThrow();
  });

  it('is warned about for names that only look right: they are case-sensitive', () => {
    expect(schemaWarnings(parseTwiml('<Response><say>x</say><Pause Length="1"/></Response>'))).toEqual([
      '<say> is not allowed in <Response>',
      'attribute "Length" is not allowed in <Pause>',
    ]);
  });

  it('is warned about for children in the wrong place', () => {
    expect(
      schemaWarnings(parseTwiml('<Response><Connect><Parameter name="a" value="b"/></Connect></Response>')),
    ).toEqual(['<Parameter> is not allowed in <Connect>']);
  });
});
