import { type Endpoint } from '@frontdesk/contracts';
import { ServiceCallError, type ServiceClient } from '@frontdesk/http';
import { greetingFrames } from './greeting-frames';

const key = (digit: string): string => digit.repeat(64);
const frames = Buffer.alloc(320, 7);
const entry = (of: string, mulaw: Buffer): Buffer => {
  const head = Buffer.alloc(36);
  head.write(of, 'hex');
  head.writeUInt32BE(mulaw.length, 32);
  return Buffer.concat([head, mulaw]);
};

/** A client that remembers what it was asked for. `stream` answers, or throws. */
const clientOf = (stream: (keys: string[]) => Buffer) => {
  const asked: string[] = [];
  const client = {
    stream: async ({ name }: Endpoint, { body }: { body: { keys: string[] } }) => {
      asked.push(`${name} ${body.keys.length}`);
      const answer = stream(body.keys);
      return (async function* () {
        yield await Promise.resolve(answer);
      })();
    },
    bytes: ({ name }: Endpoint) => {
      asked.push(name);
      return Promise.resolve(frames);
    },
  };
  return { asked, fetch: greetingFrames(client as unknown as ServiceClient).fetch };
};

describe('frames from greeting-service', () => {
  it('asked for in one moment travel in one request, and those that do not exist are null', async () => {
    const { asked, fetch } = clientOf((keys) =>
      Buffer.concat(keys.map((each) => entry(each, each === key('b') ? Buffer.alloc(0) : frames))),
    );
    const answers = await Promise.all([key('a'), key('b'), key('a')].map((each) => fetch(each, 1000)));
    expect(answers.map((answer) => answer?.length ?? null)).toEqual([320, null, 320]);
    expect(asked).toEqual(['getManyFrames 2']);
  });

  it('that a full answer left out are asked for again later', async () => {
    const { fetch } = clientOf((keys) => entry(keys[0]!, frames));
    const [first, second] = await Promise.allSettled([fetch(key('a'), 1000), fetch(key('b'), 1000)]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
  });

  it('of a service that knows no bulk come key by key', async () => {
    const { asked, fetch } = clientOf(() => {
      throw new ServiceCallError('getManyFrames', 404, null);
    });
    expect(await fetch(key('a'), 1000)).toEqual(frames);
    expect(asked).toEqual(['getManyFrames 1', 'getFrames']);
  });
});
