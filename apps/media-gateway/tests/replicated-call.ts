import { type CallBook, eventually, type Fault, type ScriptStep } from '@frontdesk/test-harness';
import { type GatewayWorld } from './gateway-world';

interface RestEntry {
  readonly path: string;
  readonly params: Record<string, unknown>;
  readonly status: number | null;
}

/** A call among several gateways: what was asked for at whom, seen from Twilio's side and from every replica's log. */
export class ReplicatedCall {
  constructor(
    private readonly world: GatewayWorld,
    readonly callSid: string,
  ) {}

  static async ring(
    world: GatewayWorld,
    to: string,
    script: ScriptStep[],
    faults: Fault[] = [],
  ): Promise<ReplicatedCall> {
    const callSid = await world.twilio.ring({ from: '+14155550100', to, script, faults });
    return new ReplicatedCall(world, callSid);
  }

  book(): Promise<CallBook> {
    return this.world.twilio.book(this.callSid);
  }

  over(): Promise<CallBook> {
    return this.world.twilio.callOver(this.callSid);
  }

  /** The agent is being heard, after the caller has said so many things. */
  async agentSpeaksAfter(said: number): Promise<void> {
    await eventually(async () => {
      const book = await this.book();
      const last = book.spurts.at(-1);
      const saidUntil = book.said.at(said - 1)?.endMs ?? (said === 0 ? 0 : Infinity);
      if (book.said.length < said || !last || last.startMs < saidUntil || last.words.length < 2)
        throw new Error('the agent does not speak yet');
    });
  }

  generations(): unknown[] {
    return this.world.log(this.callSid, 'WS_START').map(({ generation }) => generation);
  }

  /** What was decided each time a Connect was over. */
  decisions(): unknown[] {
    return this.world.log(this.callSid, 'STREAM_ENDED').map(({ then }) => then);
  }

  /** REST requests that sent the call to the fallback, whatever came of them. */
  async redirects(): Promise<RestEntry[]> {
    const { requests } = await this.world.twilio.restLog<{ requests: RestEntry[] }>();
    return requests.filter(
      ({ path, params }) => path.includes(this.callSid) && String(params.Url).includes('/webhook/fallback'),
    );
  }
}

export const verbsOf = (book: CallBook): unknown[] =>
  book.events.filter(({ type }) => type === 'verb').map(({ name }) => name);

/** Claims of the stream tokens in a TwiML answer, by their one-letter names on the wire. */
export const tokenIn = (twiml: unknown): Record<string, unknown> => {
  const token = /name="token" value="[^.]+\.([^.]+)\./.exec(String(twiml))?.[1] ?? '';
  return JSON.parse(Buffer.from(token, 'base64url').toString('utf8') || '{}') as Record<string, unknown>;
};
