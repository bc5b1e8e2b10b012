import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintServiceToken } from '@frontdesk/http';
import { DisposalStack } from '@frontdesk/runtime';
import {
  LOCAL_PUBLIC_URL,
  newSecrets,
  runMigrate,
  type RunningProcess,
  SIMULATED_ACCOUNT_SID,
  spawnService,
  spawnTool,
} from '@frontdesk/test-harness';
import { MediaServer } from './media-server';

export interface RecordingWorldOptions {
  /** Bound of one recording. */
  maxRecordingBytes: number;
}

let counter = 0;
const hex = (): string => (++counter).toString(16).padStart(32, '0');

/** recording-service with its database and broker, each a process of its own, and Twilio's media. */
export class RecordingWorld implements AsyncDisposable {
  private constructor(
    readonly service: RunningProcess,
    readonly media: MediaServer,
    private readonly secret: string,
    private readonly held: DisposalStack,
  ) {}

  static async start(options: RecordingWorldOptions): Promise<RecordingWorld> {
    const held = new DisposalStack((name, error) => {
      process.stderr.write(`releasing ${name}: ${String(error)}\n`);
    });
    try {
      const folder = mkdtempSync(join(tmpdir(), 'bench-recording-'));
      chmodSync(folder, 0o755);
      held.defer('folder', () => rmSync(folder, { recursive: true, force: true }));
      const tool = async (name: string): Promise<RunningProcess> =>
        held.use(
          name,
          await spawnTool(name, {
            HOST: '127.0.0.1',
            PORT: '0',
            DATA_DIR: join(folder, name),
            DURABLE: 'false',
          }),
        );
      const postgres = await tool('embedded-postgres');
      const kafka = await tool('embedded-kafka');
      const media = held.use('media', await MediaServer.listen());
      const { internalApiToken, simulatedAuthToken } = newSecrets();
      const env = {
        PORT: '0',
        PUBLIC_URL: LOCAL_PUBLIC_URL,
        DATABASE_URL: String(postgres.listeningLine.url),
        KAFKA_BROKERS: `127.0.0.1:${kafka.listeningLine.port}`,
        INTERNAL_API_TOKEN: internalApiToken,
        TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
        TWILIO_AUTH_TOKEN: simulatedAuthToken,
        TWILIO_API_BASE_URL: media.url,
        // Callbacks are made here by hand; that they are checked is a matter of tests.
        TWILIO_VALIDATE_SIGNATURE: 'false',
        OPENAI_API_KEY: 'sk-simulated-0000000000000000',
        OPENAI_BASE_URL: `${media.url}/v1`,
        RECORDING_CACHE_DIR: join(folder, 'recordings'),
        RECORDING_MAX_BYTES: String(options.maxRecordingBytes),
      };
      await runMigrate('recording-service', env);
      const service = held.use('recording-service', await spawnService('recording-service', env));
      return new RecordingWorld(service, media, internalApiToken, held);
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A call whose recording Twilio says is complete; `size` as the media server understands it. */
  async recorded(size: number | 'endless'): Promise<{ callSid: string; mediaPath: string }> {
    const [callSid, recordingSid] = [`CA${hex()}`, `RE${hex()}`];
    const mediaPath = `/media/${size}/${recordingSid}`;
    const answer = await fetch(`${this.url}/webhook/recording_status`, {
      method: 'POST',
      body: new URLSearchParams({
        AccountSid: SIMULATED_ACCOUNT_SID,
        CallSid: callSid,
        RecordingSid: recordingSid,
        RecordingUrl: `${this.media.url}${mediaPath}`,
        RecordingStatus: 'completed',
        RecordingDuration: '-1',
        RecordingChannels: '2',
        RecordingSource: 'StartCallRecordingAPI',
      }),
    });
    if (!answer.ok) throw new Error(`the callback was answered ${answer.status}`);
    return { callSid, mediaPath };
  }

  /** Asks for the recording of a call as a player does. */
  play(callSid: string, range?: string): Promise<Response> {
    const claims = {
      sub: 'bench',
      role: 'service' as const,
      businessIds: '*' as const,
      aud: 'recording-service' as const,
    };
    const authorization = `Bearer ${mintServiceToken(claims, [this.secret])}`;
    return fetch(`${this.url}/api/calls/${callSid}/recording`, {
      headers: { authorization, ...(range && { range }) },
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.held[Symbol.asyncDispose]();
  }

  private get url(): string {
    return `http://127.0.0.1:${this.service.listeningLine.port}`;
  }
}
