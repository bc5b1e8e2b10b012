import { Metrics, silentLogger } from '@frontdesk/observability';
import { ManualClock } from '@frontdesk/runtime';
import { type RealtimeEvent, type RealtimeModel, type RealtimeSession } from '@frontdesk/speech';
import { CallSession } from '../src/call/call-session';
import { type CallScript, type CallSessionOptions } from '../src/call/call-session-options';
import { CallEventPublisher } from '../src/events/call-event-publisher';
import { GatewayEvents } from '../src/events';
import { ModelLink } from '../src/model/model-link';
import { PlayoutClock } from '../src/playout/playout-clock';
import { type CallRecord } from '../src/streams/stream-registry';

const text = 'welcome to us';
const phrases = { bridge: 'one moment', 'slow-tool': 'let me see' };

/** A call session without a network: a line that plays and echoes marks, and model sessions that are this test's. */
export const session = ({ generation = 1 }: { generation?: number } = {}) => {
  const time = new ManualClock();
  const did: string[] = [];
  const published: { type: string; data: Record<string, unknown> }[] = [];
  const metrics = new Metrics({ withProcessMetrics: false });
  let dryAtMs = 0;
  let frames = 0;
  let reads = 0;
  const stream = {
    isWritable: true,
    isStuck: false,
    sincePongMs: 0,
    hasPonged: true,
    canReadNow: true,
    readNow: () => (reads += 1),
    media: (_mulaw: Uint8Array, from: number, to: number) => {
      const count = (to - from) / 160;
      frames += count;
      dryAtMs = Math.max(dryAtMs, time.monotonicMs()) + count * 20;
    },
    mark: (name: string) => time.setTimer(() => call.mark(name), Math.max(0, dryAtMs - time.monotonicMs())),
    clear: () => undefined,
    flush: () => undefined,
    ping: () => undefined,
    close: (code = 1000) => did.push(`stream closed ${code}`),
  };
  const models: { tell: (event: RealtimeEvent) => void; isReady: boolean; sent: string[] }[] = [];
  const model = {
    open: (tell: (event: RealtimeEvent) => void) => {
      const state = { tell, isReady: false, sent: [] as string[] };
      const name = models.push(state);
      const note = (what: string) => `e${state.sent.push(what)}`;
      return {
        get isReady() {
          return state.isReady;
        },
        configure: () => note('configure'),
        appendAudio: () => undefined,
        createResponse: () => note('create'),
        cancelResponse: (id: string) => note(`cancel ${id}`),
        truncateItem: (id: string) => note(`truncate ${id}`),
        deleteItem: (id: string) => note(`delete ${id}`),
        addItem: (item: { text: string }) => note(`add ${item.text}`),
        sendToolOutput: (id: string) => note(`output ${id}`),
        close: () => did.push(`model ${name} closed`),
      } as unknown as RealtimeSession;
    },
  } as RealtimeModel;
  const holder: { call?: CallSession } = {};
  const link = new ModelLink({
    model,
    clock: time,
    sessionMaxMs: 3_300_000,
    history: () => holder.call?.history() ?? [],
    listener: {
      event: (event) => holder.call?.event(event),
      reopened: (reopening) => holder.call?.reopened(reopening),
      lost: (reason) => holder.call?.lost(reason),
    },
  });
  const record = {
    callSid: 'CA1',
    traceparent: '',
    phase: 'live',
    transferTo: null,
    startedAt: new Date(time.now()),
  } as unknown as CallRecord;
  const frameSet = new Map([text, ...Object.values(phrases)].map((key) => [key, Buffer.alloc(8000, 1)]));
  const options = {
    settings: {
      txLeadMs: 140,
      txQueueMaxFrames: 120,
      modelAppendMs: 40,
      agentSilenceMs: 4000,
      greetingProtectMs: 500,
      bargeInClear: false,
      maxCallMs: 3_600_000,
      mediaWatch: { noMediaMs: 1_000_000, mediaLostMs: 1_000_000 },
    },
    clock: time,
    playoutClock: new PlayoutClock(
      time,
      () => undefined,
      (error) => {
        throw error;
      },
    ),
    stream,
    streamSid: 'MZ1',
    generation,
    record,
    accountSid: 'AC1',
    profile: {
      id: null,
      name: 'us',
      locale: 'en-US',
      voice: 'marin',
      instructions: '',
      transferNumber: null,
      fallbackPrompt: null,
      greetingProtectMs: null,
      tools: [],
      silentCaller: null,
      optOutKey: null,
      greeting: { key: text, text },
      phrases: Object.fromEntries(
        Object.entries(phrases).map(([name, words]) => [name, { key: words, text: words }]),
      ),
    },
    link,
    frames: { get: (key: string) => frameSet.get(key), load: () => Promise.resolve(null) },
    events: new GatewayEvents(silentLogger, metrics),
    publisher: new CallEventPublisher(
      { callSid: 'CA1', businessId: null, accountSid: 'AC1', traceparent: null },
      1,
      ({ value }) => published.push(value as (typeof published)[number]),
      () => time.monotonicMs(),
    ),
    carrier: { end: () => Promise.resolve(), transfer: () => Promise.resolve() },
    startRecording: () => Promise.resolve('RE1'),
    http: {},
    transferOutcome: null,
    redirect: (reason: string) => did.push(`redirect ${reason}`),
    onOver: () => did.push('over'),
  };
  const call = (holder.call = new CallSession(options as unknown as CallSessionOptions));
  record.session = call;
  const newest = () => models.at(-1)!;
  const becomesReady = (): void => {
    newest().isReady = true;
    newest().tell({ kind: 'ready', sessionId: null, expiresAtMs: null });
  };
  const passes = (ms: number): void => {
    for (let left = ms; left > 0; left -= 250) {
      time.advance(Math.min(250, left));
      call.beat();
    }
  };
  const asks = (itemId: string): void => {
    newest().tell({ kind: 'speech-started', itemId, audioStartMs: 0 });
    newest().tell({ kind: 'speech-stopped', itemId, audioEndMs: 0 });
    newest().tell({ kind: 'turn-committed', itemId });
    newest().tell({ kind: 'caller-transcript', itemId, text: 'are you open', status: 'final' });
  };
  const counted = async (name: string): Promise<string[]> =>
    (await metrics.render()).body.split('\n').filter((line) => line.startsWith(name));
  const script = {
    greeting: { key: text, text },
    instructions: 'Be brief.',
    calledNumber: null,
  } as CallScript;
  const begin = (): void => {
    call.open();
    call.begin(script);
  };
  return {
    call,
    begin,
    script,
    did,
    published,
    models,
    newest,
    becomesReady,
    passes,
    asks,
    counted,
    record,
    /** How often the stream was read. */
    reads: () => reads,
    frames: () => frames,
    told: (type: string) => published.filter((event) => event.type === type).map(({ data }) => data),
  };
};
