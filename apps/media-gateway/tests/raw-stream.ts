import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { SIMULATED_ACCOUNT_SID } from '@frontdesk/test-harness';

const FRAME_MS = 20;
const SILENCE = Buffer.alloc(160, 0xff).toString('base64');

/**
 * Twilio's end of one media stream, for what a simulator of a healthy network does not do: it can stop reading its TCP
 * connection while it goes on sending. For a gateway that checks no signatures.
 */
export class RawStream {
  /** Frames of agent audio that were read. */
  framesRead = 0;
  closedAtMs: number | null = null;
  private readonly caller: NodeJS.Timeout;
  private sent = 0;

  private constructor(
    readonly callSid: string,
    readonly streamSid: string,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data) => this.read(JSON.parse((data as Buffer).toString('utf8')) as Told));
    socket.on('close', () => {
      this.closedAtMs = Date.now();
      clearInterval(this.caller);
    });
    socket.on('error', () => undefined);
    this.caller = setInterval(() => this.speak(), FRAME_MS);
  }

  /** @param gatewayUrl where webhook and stream go, past any router */
  static async open(gatewayUrl: string, to: string): Promise<RawStream> {
    const name = randomBytes(16).toString('hex');
    const [callSid, streamSid] = [`CA${name}`, `MZ${name}`];
    const accountSid = SIMULATED_ACCOUNT_SID;
    const form = { CallSid: callSid, AccountSid: accountSid, From: '+14155550100', To: to };
    const answer = await fetch(`${gatewayUrl}/webhook/incoming_call`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, CallStatus: 'ringing', Direction: 'inbound' }),
    });
    const twiml = await answer.text();
    const customParameters = Object.fromEntries(
      [...twiml.matchAll(/<Parameter name="([^"]*)" value="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    ) as Record<string, string>;
    const socket = new WebSocket(`${gatewayUrl.replace('http', 'ws')}/ws/twilio-media`);
    await once(socket, 'open');
    socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    const start = { streamSid, accountSid, callSid, tracks: ['inbound'], mediaFormat, customParameters };
    socket.send(JSON.stringify({ event: 'start', sequenceNumber: '1', start, streamSid }));
    return new RawStream(callSid, streamSid, socket);
  }

  /** Takes nothing more from the network, pings neither; what the caller says goes on. */
  stopReading(): void {
    this.connection.pause();
  }

  readOn(): void {
    this.connection.resume();
  }

  hangUp(): void {
    clearInterval(this.caller);
    this.socket.terminate();
  }

  private get connection(): Socket {
    return (this.socket as unknown as { _socket: Socket })._socket;
  }

  private speak(): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.sent += 1;
    const media = {
      track: 'inbound',
      chunk: String(this.sent),
      timestamp: String(this.sent * FRAME_MS),
      payload: SILENCE,
    };
    const sequenceNumber = String(this.sent + 1);
    this.socket.send(JSON.stringify({ event: 'media', sequenceNumber, media, streamSid: this.streamSid }));
  }

  private read(told: Told): void {
    if (told.event === 'media') this.framesRead += Buffer.from(told.media!.payload, 'base64').length / 160;
    // As Twilio says it: played. For what this end measures, at once.
    if (told.event === 'mark' && this.socket.readyState === WebSocket.OPEN)
      this.socket.send(
        JSON.stringify({
          event: 'mark',
          sequenceNumber: '1',
          streamSid: this.streamSid,
          mark: { name: told.mark!.name },
        }),
      );
  }
}

interface Told {
  readonly event: string;
  readonly media?: { readonly payload: string };
  readonly mark?: { readonly name: string };
}
