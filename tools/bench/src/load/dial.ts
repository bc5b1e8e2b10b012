import { createHmac, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';

/** What the generator loads: a gateway with its webhooks and tokens, or the bare forwarder. */
export interface Target {
  readonly kind: 'gateway' | 'forwarder';
  readonly port: number;
  /** By which the gateway believes to be reached; what is signed. */
  readonly publicUrl: string;
  readonly authToken: string;
  readonly accountSid: string;
  /** A number of the business. */
  readonly number: string;
}

/** Everything a stream needs to be opened. */
export interface Dialled {
  readonly callSid: string;
  readonly signature: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export const STREAM_PATH = '/ws/twilio-media';
const WEBHOOK_PATH = '/webhook/incoming_call';

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** A call comes in: the webhook is fetched as Twilio does, and the token of its stream taken from the TwiML. */
export const dial = async (target: Target): Promise<Dialled> => {
  const callSid = `CA${randomBytes(16).toString('hex')}`;
  const sign = (data: string): string => createHmac('sha1', target.authToken).update(data).digest('base64');
  const signature = sign(`${target.publicUrl.replace(/^http/, 'ws')}${STREAM_PATH}`);
  if (target.kind === 'forwarder') return { callSid, signature, parameters: { call_sid: callSid } };
  const fields: Record<string, string> = {
    AccountSid: target.accountSid,
    CallSid: callSid,
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: '+15005550006',
    To: target.number,
  };
  const signed = Object.keys(fields)
    .sort()
    .reduce((text, name) => text + name + fields[name]!, '');
  const twiml = await post(target.port, sign(`${target.publicUrl}${WEBHOOK_PATH}${signed}`), fields);
  const parameters = Object.fromEntries(
    [...twiml.matchAll(/<Parameter name="([^"]*)" value="([^"]*)"/g)].map((match) => [match[1]!, match[2]!]),
  );
  if (!parameters.token) throw new Error(`the webhook was answered without a stream: ${twiml.slice(0, 200)}`);
  return { callSid, signature, parameters };
};

const post = (port: number, signature: string, fields: Record<string, string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const body = new URLSearchParams(fields).toString();
    const sent = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path: WEBHOOK_PATH,
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
          'Content-Length': Buffer.byteLength(body),
          'X-Twilio-Signature': signature,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text += piece));
        response.on('error', reject);
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(text)
            : reject(
                new Error(`the webhook was answered with ${response.statusCode}: ${text.slice(0, 200)}`),
              ),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
