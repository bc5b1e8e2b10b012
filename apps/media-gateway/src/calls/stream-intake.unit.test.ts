import { Metrics, silentLogger } from '@frontdesk/observability';
import { ManualClock } from '@frontdesk/runtime';
import { type CallSession } from '../call/call-session';
import { GatewayEvents } from '../events';
import { PlayoutClock } from '../playout/playout-clock';
import { type AcceptedStream } from '../streams/stream-acceptor';
import { StreamRegistry } from '../streams/stream-registry';
import { StartWatch } from '../watchdog/start-watch';
import { StreamIntake, type StreamIntakeOptions } from './stream-intake';

const callSid = `CA${'1'.repeat(32)}`;
const self = 'http://10.0.0.1:3001';

/** Streams that come in while the model cannot be told who it is; what was loaded for a call does not help. */
const intake = () => {
  const clock = new ManualClock();
  const registry = new StreamRegistry();
  const sessions = new Set<CallSession>();
  const closes: (number | undefined)[] = [];
  const whenOver: (() => void)[] = [];
  const options = {
    settings: { txLeadMs: 140, txQueueMaxFrames: 120, modelAppendMs: 40, agentSilenceMs: 4000 },
    clock,
    playoutClock: new PlayoutClock(
      clock,
      () => undefined,
      () => undefined,
    ),
    registry,
    profileOf: () => ({ phrases: {}, tools: [], greeting: { key: null, text: 'welcome' }, instructions: '' }),
    attempts: {},
    frames: { get: () => undefined },
    http: { secrets: [] },
    peers: { reportStarted: () => Promise.resolve(true) },
    startWatch: new StartWatch(clock, 8000, () => undefined),
    loadPast: () => Promise.resolve([]),
    announcer: { ofStream: () => ({ publish: () => undefined }) },
    handOver: { isUnderWay: false },
    events: new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false })),
    internalUrl: () => self,
    onSession: (session: CallSession) => sessions.add(session),
    onOver: (record: never, session: CallSession) => {
      sessions.delete(session);
      registry.stopped(record, session);
      for (const tell of whenOver.splice(0)) tell();
    },
  };
  const accept = (generation: number): Promise<void> => {
    const stream = {
      listener: null as { closed(): void } | null,
      nameEvents: () => undefined,
      close: (code?: number) => {
        closes.push(code);
        const { listener } = stream;
        stream.listener = null;
        setImmediate(() => listener?.closed());
      },
    };
    const over = new Promise<void>((resolve) => whenOver.push(resolve));
    const link = {
      configure: () => {
        throw new Error('boom');
      },
      close: () => undefined,
    };
    const claims = { callSid, businessId: null, generation, jti: `${generation}`, iss: self };
    const start = { callSid, accountSid: '', streamSid: `MZ${generation}`, customParameters: {} };
    const accepted = { stream, start, claims, link, tell: () => undefined };
    new StreamIntake(options as unknown as StreamIntakeOptions).accept(accepted as unknown as AcceptedStream);
    return over;
  };
  return { registry, sessions, closes, accept };
};

describe('a call that cannot be begun', () => {
  it.each([1, 2])(
    'is closed for Twilio to ask what is next, and leaves nothing (generation %i)',
    async (generation) => {
      const { registry, sessions, closes, accept } = intake();
      const over = accept(generation);
      expect(sessions.size).toBe(1);
      await over;
      expect(closes[0]).toBe(1001);
      expect(sessions.size).toBe(0);
      expect(registry.get(callSid)).toMatchObject({ session: null, phase: 'live' });
    },
  );
});
