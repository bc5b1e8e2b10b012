import { type BusinessProfileInput } from '@frontdesk/contracts';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { Database, migrate } from '@frontdesk/persistence';
import { createTestDatabase, type TestDatabase } from '@frontdesk/test-harness';
import { type FramesRequest } from '../src/cache/frames';
import { GreetingEvents } from '../src/events';
import { isStillSaid } from '../src/profiles/still-said';
import { type ProfileDefaults } from '../src/profiles/profile-shape';
import { Profiles, type Writer } from '../src/profiles/profiles';
import { requestsOf } from '../src/profiles/speech-plan';
import { entities } from '../src/store/entities';
import { migrations } from '../src/store/migrations';
import { PostgresFrames } from '../src/store/postgres-frames';
import { openAiVoices } from '../src/voices/voices';

export const input: BusinessProfileInput = {
  name: 'Dana’s Bakery',
  phoneNumbers: ['+972501234567'],
  greetingText: 'שלום, הגעתם למאפייה של דנה',
  instructions: '',
  tools: [
    {
      name: 'book',
      description: 'Book',
      url: 'https://a.example/',
      parameters: { type: 'object' },
      timeoutMs: 8000,
    },
  ],
  transferNumber: null,
  fallbackPrompt: null,
  greetingProtectMs: null,
  retentionDays: null,
  silentCaller: { askAfterMs: 8000, endAfterMs: 20_000 },
  optOutKey: '9',
};
export const defaults: ProfileDefaults = { locale: 'he-IL', voice: 'alloy', voices: openAiVoices };
export const anyone: Writer = {
  visible: '*',
  expected: () => true,
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
};
export const speaker = { provider: 'openai', model: 'tts' };
export const provenance = { providers: [speaker], pipelineVersion: 1 };
export const mulaw = Buffer.alloc(320, 0x55);
export const made = { mulaw, ...speaker };

/** Where the schema of these tests is. */
export const target = (url: string) => ({ url, schema: 'greeting', migrations, logger: silentLogger });

/** Profiles and frames over a database of their own, without the service around them. */
export class StoreWorld implements AsyncDisposable {
  readonly profiles: Profiles;
  readonly frames: PostgresFrames;

  private constructor(
    private readonly testDatabase: TestDatabase,
    readonly database: Database,
  ) {
    const events = new GreetingEvents(silentLogger, new Metrics({ withProcessMetrics: false }));
    this.profiles = new Profiles(database, defaults, events, () => undefined);
    this.frames = new PostgresFrames(database, provenance, {
      leaseMs: 60_000,
      isSaid: (manager, request) => isStillSaid(manager, request, defaults),
    });
  }

  static async start(): Promise<StoreWorld> {
    const testDatabase = await createTestDatabase();
    await migrate(target(testDatabase.url));
    return new StoreWorld(testDatabase, await Database.connect({ ...target(testDatabase.url), entities }));
  }

  /** What a business says now: the greeting first. */
  async requestsFor(id: string): Promise<readonly FramesRequest[]> {
    return requestsOf(await this.profiles.plan(id, '*'));
  }

  async empty(): Promise<void> {
    await this.database.dataSource.query(
      'TRUNCATE profiles, phone_numbers, frames, synthesis_claims, wanted_frames, outbox',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database[Symbol.asyncDispose]();
    await this.testDatabase[Symbol.asyncDispose]();
  }
}
