import { createHmac } from 'node:crypto';
import { businessToolSchema } from '@frontdesk/contracts';
import { AddressRefusedError, type PublicAnswer, type PublicClient } from '@frontdesk/http';
import { callTools } from './call-tools';
import { httpTool, type ToolCaller } from './http-tool';
import { type ToolActions } from './tool';
import { toolKeyOf } from './tool-signature';

const tool = businessToolSchema.parse({
  name: 'book',
  description: 'Books a table',
  url: 'https://crm.example/book',
  parameters: { type: 'object' },
});
const caller: ToolCaller = {
  callSid: `CA${'1'.repeat(32)}`,
  businessId: '018f0000-0000-7000-8000-000000000001',
  direction: 'inbound',
  from: '+972501234567',
  to: null,
};
const secrets = ['the first secret of tools', 'the second secret of tools'];
type Request = Parameters<PublicClient['post']>[1];

const asking = (answer: () => Promise<PublicAnswer>, signal = new AbortController().signal) => {
  const requests: ({ url: string } & Request)[] = [];
  const client = {
    post: (url: string, request: Request) => {
      requests.push({ url, ...request });
      return answer();
    },
  };
  const now = (): number => 1_700_000_000_999;
  const made = httpTool(tool, caller, { client, secrets, now });
  const result = made.run({ callId: 'call_7', arguments: { people: 2 }, signal });
  return { requests, result };
};
const answering = (status: number, body: string) => () =>
  Promise.resolve({ status, body: Buffer.from(body) });

describe('a tool of a business', () => {
  it('is one POST that says which call, and is signed for this business with every secret', async () => {
    const { requests, result } = asking(answering(200, '{"table":4}'));
    expect(await result).toEqual({ ok: true, result: { table: 4 } });
    const { url, headers, body } = requests[0]!;
    expect(url).toBe('https://crm.example/book');
    expect(JSON.parse(body)).toEqual({
      ...caller,
      toolCallId: 'call_7',
      name: 'book',
      arguments: { people: 2 },
    });
    expect(headers['idempotency-key']).toBe(`${caller.callSid}:call_7`);
    expect(headers['x-frontdesk-timestamp']).toBe('1700000000');
    const expected = secrets.map((secret) => {
      const key = createHmac('sha256', secret).update(`frontdesk-tool:${caller.businessId}`).digest('base64');
      expect(toolKeyOf(secret, caller.businessId)).toBe(key);
      return `v1=${createHmac('sha256', key).update(`1700000000.${body}`).digest('hex')}`;
    });
    expect(headers['x-frontdesk-signature']).toBe(expected.join(','));
  });

  it.each([
    ['text', answering(200, 'table four'), { ok: true, result: 'table four' }],
    ['nothing', answering(204, ''), { ok: true, result: '' }],
    ['an error', answering(409, 'full'), { ok: false, error: 'It answered with status 409: full' }],
    ['a redirect', answering(302, ''), { ok: false, error: 'It answered with status 302' }],
    [
      'an address that is not public',
      () => Promise.reject(new AddressRefusedError('10.0.0.1')),
      { ok: false, error: 'Its address is not allowed.' },
    ],
    [
      'too much',
      () => Promise.reject(new Error('the answer is larger than 9 bytes')),
      { ok: false, error: 'Its answer is too long.' },
    ],
    [
      'no connection',
      () => Promise.reject(new Error('connect ECONNREFUSED 1.1.1.1:443')),
      { ok: false, error: 'It cannot be reached.' },
    ],
  ])('that answers with %s is told to the agent in words', async (_what, answer, expected) => {
    expect(await asking(answer).result).toEqual(expected);
  });

  it('tells the model only the beginning of a long error', async () => {
    const { result } = asking(answering(500, 'x'.repeat(5000)));
    expect(((await result) as { error: string }).error.length).toBeLessThan(400);
  });
});

describe('the registry of a call’s tools', () => {
  const actions = {} as ToolActions;
  const client = { post: () => Promise.reject(new Error('not asked for')) };
  const http = { client, secrets, now: Date.now };
  const setting = { direction: 'inbound', canTransfer: false } as const;
  const names = (change: object = {}) => [
    ...callTools({ setting, actions, own: [tool], caller, http, ...change }).keys(),
  ];

  it('holds the built-in tools and the business’s own, and lets none take a built-in name', () => {
    expect(names()).toEqual(['end_call', 'send_dtmf', 'take_message', 'book']);
    expect(names({ own: [{ ...tool, name: 'end_call' }] })).toHaveLength(3);
  });

  it('holds no tool of a business without a secret to sign with, or in a call of nobody’s', () => {
    expect(names({ http: { ...http, secrets: [] } })).not.toContain('book');
    expect(names({ caller: null })).not.toContain('book');
  });
});
