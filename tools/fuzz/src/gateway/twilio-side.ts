import { createHmac, randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';

/** By what name Twilio is told to reach the gateway; only the signatures know it. */
export const PUBLIC_HOST = 'fuzz.example';
export const AUTH_TOKEN = 'a-token-for-fuzzing-of-32-characters';
export const ACCOUNT_SID = `AC${'f'.repeat(32)}`;
const STREAM_PATH = '/ws/twilio-media';

export const newSid = (prefix: 'CA' | 'MZ'): string => `${prefix}${randomBytes(16).toString('hex')}`;

const sign = (data: string): string => createHmac('sha1', AUTH_TOKEN).update(data).digest('base64');

const formSignature = (path: string, fields: readonly (readonly [string, string])[]): string => {
  const names = [...new Set(fields.map(([name]) => name))].sort();
  const values = (name: string): string[] =>
    [...new Set(fields.filter((field) => field[0] === name).map(([, value]) => value))].sort();
  const data = names.flatMap((name) => values(name).map((value) => name + value)).join('');
  return sign(`https://${PUBLIC_HOST}${path}${data}`);
};

/** What Twilio would do to a gateway: signed webhooks and signed media streams, and unsigned ones too. */
export class TwilioSide {
  constructor(private readonly port: number) {}

  webhook(
    path: string,
    fields: readonly (readonly [string, string])[],
    isSigned = true,
    method: 'POST' | 'GET' = 'POST',
  ): Promise<Response> {
    const form = new URLSearchParams(fields as [string, string][]).toString();
    const target = method === 'GET' && form !== '' ? `${path}?${form}` : path;
    const signature =
      method === 'GET' ? sign(`https://${PUBLIC_HOST}${target}`) : formSignature(path, fields);
    return fetch(`http://127.0.0.1:${this.port}${target}`, {
      method,
      headers: {
        'x-twilio-signature': isSigned ? signature : 'bm90IHNpZ25lZA==',
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(method === 'POST' ? { body: form } : {}),
    });
  }

  /** Rings, and gives the token that the stream must show; null when the gateway did not want the call. */
  async ring(callSid: string, to: string): Promise<string | null> {
    const response = await this.webhook('/webhook/incoming_call', [
      ['CallSid', callSid],
      ['AccountSid', ACCOUNT_SID],
      ['From', '+15550009999'],
      ['To', to],
      ['CallStatus', 'ringing'],
      ['Direction', 'inbound'],
    ]);
    return / name="token" value="([^"]+)"/.exec(await response.text())?.[1] ?? null;
  }

  /** A media WebSocket, signed as Twilio signs it. */
  open(path = STREAM_PATH, isSigned = true): WebSocket {
    return new WebSocket(`ws://127.0.0.1:${this.port}${path}`, {
      perMessageDeflate: false,
      headers: { 'x-twilio-signature': isSigned ? sign(`wss://${PUBLIC_HOST}${STREAM_PATH}`) : 'wrong' },
    });
  }
}

export const startMessage = (callSid: string, streamSid: string, token: string) => ({
  event: 'start',
  sequenceNumber: '1',
  start: {
    streamSid,
    accountSid: ACCOUNT_SID,
    callSid,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { call_sid: callSid, token },
  },
  streamSid,
});

/** In Twilio's key order. */
export const mediaText = (streamSid: string, chunk: number, timestampMs: number, payload: string): string =>
  `{"event":"media","sequenceNumber":"${chunk + 1}","media":{"track":"inbound","chunk":"${chunk}",` +
  `"timestamp":"${timestampMs}","payload":"${payload}"},"streamSid":"${streamSid}"}`;
