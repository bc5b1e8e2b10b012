import { once } from 'node:events';
import { WebSocket } from 'ws';
import { encodeMulaw } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';

/** A server event as a test looks at it. */
export type Received = { type: string } & Record<string, unknown>;

/** A bare client of the Realtime protocol that remembers all it was sent. */
export class RealtimeClient {
  readonly received: Received[] = [];
  private waiters: { accepts: (event: Received) => boolean; resolve: (event: Received) => void }[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const event = JSON.parse((data as Buffer).toString()) as Received;
      this.received.push(event);
      this.waiters = this.waiters.filter(({ accepts, resolve }) => {
        if (!accepts(event)) return true;
        resolve(event);
        return false;
      });
    });
  }

  static async connect(
    port: number,
    options: { model?: string; headers?: Record<string, string> } = {},
  ): Promise<RealtimeClient> {
    const socket = new WebSocket(
      `ws://127.0.0.1:${port}/v1/realtime?model=${options.model ?? 'gpt-realtime-2.1-mini'}`,
      { headers: { authorization: 'Bearer key', ...options.headers } },
    );
    const client = new RealtimeClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** The next event of that type, or one that was received already after the `since`th. */
  async next(type: string, since = 0): Promise<Received> {
    const accepts = (event: Received): boolean => event.type === type;
    const seen = this.received.slice(since).find(accepts);
    return seen ?? new Promise((resolve) => this.waiters.push({ accepts, resolve }));
  }

  send(event: object): void {
    this.socket.send(JSON.stringify(event));
  }

  /** Mu-law in and out, and turns that only the client answers. */
  async useTelephone(session: object = {}, turnDetection: object = {}): Promise<void> {
    const since = this.received.length;
    this.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        output_modalities: ['audio'],
        audio: {
          input: {
            format: { type: 'audio/pcmu' },
            transcription: { model: 'gpt-transcribe', language: 'en' },
            turn_detection: {
              type: 'server_vad',
              create_response: false,
              interrupt_response: false,
              ...turnDetection,
            },
          },
          output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
        },
        ...session,
      },
    });
    await this.next('session.updated', since);
  }

  /** Says it, with silence before and after, at once. */
  say(text: string): void {
    const speech = encodeMulaw(encodeSpeech(text));
    this.append(Buffer.concat([Buffer.alloc(2_400, 0xff), speech, Buffer.alloc(8_000, 0xff)]));
  }

  append(mulaw: Buffer): void {
    this.send({ type: 'input_audio_buffer.append', audio: mulaw.toString('base64') });
  }

  typesSince(since: number): string[] {
    return this.received.slice(since).map(({ type }) => type);
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}
