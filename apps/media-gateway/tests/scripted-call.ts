import { ManualClock, type Timer } from '@frontdesk/runtime';
import { type ResponseStatus } from '@frontdesk/speech';
import { ResponseSequencer } from '../src/model/response-sequencer';
import { PlaybackLedger } from '../src/playout/playback-ledger';
import { Playout } from '../src/playout/playout';
import { PlayoutClock } from '../src/playout/playout-clock';
import { Conversation } from '../src/call/conversation';
import { type FinishedTurn } from '../src/call/conversation-port';
import { SilenceWatch } from '../src/call/silence-watch';

/** A call without a network: a line that echoes marks as it plays, and a model that is this test. */
export const call = (options: { protectMs?: number; clearsLine?: boolean } = {}) => {
  const time = new ManualClock();
  const sent: string[] = [];
  const log: string[] = [];
  const turns: FinishedTurn[] = [];
  const ledger = new PlaybackLedger(1);
  let dryAtMs = 0;
  let frames = 0;
  let forgottenMs = 0;
  const played: number[] = [];
  const echoes = new Set<{ name: string; timer: Timer }>();
  const line = { quietMs: 0, isModelReady: true, hasGoodbye: true };
  const sink = {
    isWritable: true,
    media: (mulaw: Uint8Array, from: number, to: number) => {
      const bytes = mulaw.slice(from, to);
      const count = bytes.length / 160;
      for (let frame = 0; frame < count; frame++) played.push(bytes[frame * 160]!);
      frames += count;
      dryAtMs = Math.max(dryAtMs, time.monotonicMs()) + count * 20;
    },
    mark: (name: string) => {
      const echo = {
        name,
        timer: time.setTimer(
          () => {
            echoes.delete(echo);
            ledger.heard(name);
          },
          Math.max(0, dryAtMs - time.monotonicMs()),
        ),
      };
      echoes.add(echo);
    },
    clear: () => {
      forgottenMs += Math.max(0, dryAtMs - time.monotonicMs());
      dryAtMs = time.monotonicMs();
      // Twilio echoes the marks of what it forgot at once.
      for (const { name, timer } of [...echoes]) {
        timer.cancel();
        ledger.heard(name);
      }
      echoes.clear();
    },
    flush: () => undefined,
  };
  const holder: { conversation?: Conversation } = {};
  const playout = new Playout({
    clock: time,
    playoutClock: new PlayoutClock(
      time,
      () => undefined,
      (error) => {
        throw error;
      },
    ),
    ledger,
    sink,
    listener: {
      started: (source) => holder.conversation!.started(source),
      stalled: () => undefined,
      slowSend: () => undefined,
      dropped: () => log.push('dropped'),
    },
    leadMs: 140,
    maxFrames: 120,
  });
  const commands = {
    get isReady() {
      return line.isModelReady;
    },
    createResponse: (o?: { instructions?: string }) =>
      `e${sent.push(o?.instructions ? `create ${o.instructions}` : 'create')}`,
    cancelResponse: (id: string) => `e${sent.push(`cancel ${id}`)}`,
    truncateItem: (id: string, ms: number) => `e${sent.push(`truncate ${id} ${ms}`)}`,
    deleteItem: (id: string) => `e${sent.push(`delete ${id}`)}`,
    addItem: (item: { id: string; role: string; text: string }) =>
      `e${sent.push(`add ${item.id} ${item.role} ${item.text}`)}`,
    sendToolOutput: (id: string, output: string) => `e${sent.push(`output ${id} ${output}`)}`,
  };
  const sequencer = new ResponseSequencer(commands);
  const conversation = new Conversation({
    clock: time,
    playout,
    sequencer,
    model: commands,
    silence: new SilenceWatch(time, 4000),
    greetingProtectMs: options.protectMs ?? 500,
    clearsLine: options.clearsLine ?? false,
    preparedGoodbye: () => ({
      name: 'goodbye',
      frames: line.hasGoodbye ? Buffer.alloc(8000, 2) : null,
      text: 'goodbye then',
      instructions: 'Say exactly: goodbye then',
    }),
    streamMs: () => time.monotonicMs(),
    lineQuietMs: () => line.quietMs,
    listener: {
      stateChanged: (_from, to) => log.push(to),
      greetingProtected: () => undefined,
      greetingCompleted: (outcome) => log.push(`greeting ${outcome.heardText}/${outcome.text}`),
      turnFinished: (turn) => turns.push(turn),
      bargedIn: (bargeIn) => log.push(`barge-in ${bargeIn.responseId} ${bargeIn.truncatedAtMs}`),
      toolCalled: ({ callId, name }) => log.push(`tool ${name} ${callId}`),
      agentSilent: (due) => log.push(`due ${due}`),
      left: ({ kind }) => log.push(`left ${kind}`),
    },
  });
  holder.conversation = conversation;
  const audio = (seconds: number): Buffer => Buffer.alloc(seconds * 8000, 1);
  const model = {
    speaks: (responseId: string, seconds: number, text: string, o: { done?: boolean } = {}) => {
      const itemId = `item-${responseId}`;
      conversation.handle({ kind: 'response-created', responseId });
      conversation.handle({ kind: 'agent-transcript', responseId, itemId, text });
      conversation.handle({ kind: 'audio', responseId, itemId, mulaw: audio(seconds) });
      if (o.done !== false) model.isDone(responseId);
    },
    isDone: (responseId: string, status: ResponseStatus = 'completed') => {
      conversation.handle({ kind: 'item-done', responseId, itemId: `item-${responseId}` });
      conversation.handle({ kind: 'response-done', responseId, status, reason: null, usage: null });
    },
    hears: (itemId: string, text = 'hello') => {
      conversation.handle({ kind: 'speech-started', itemId, audioStartMs: 0 });
      conversation.handle({ kind: 'speech-stopped', itemId, audioEndMs: 0 });
      conversation.handle({ kind: 'turn-committed', itemId });
      conversation.handle({ kind: 'caller-transcript', itemId, text, status: 'final' });
    },
    hearsStart: (itemId: string) => conversation.handle({ kind: 'speech-started', itemId, audioStartMs: 0 }),
    hearsEnd: (itemId: string) => {
      conversation.handle({ kind: 'speech-stopped', itemId, audioEndMs: 0 });
      conversation.handle({ kind: 'turn-committed', itemId });
    },
  };
  /** Time passes as in a call, with four beats a second. */
  const passes = (ms: number): void => {
    for (let left = ms; left > 0; left -= 250) {
      time.advance(Math.min(250, left));
      conversation.beat();
    }
  };
  const heardMs = (): number => frames * 20 - forgottenMs;
  return {
    time,
    sent,
    log,
    turns,
    conversation,
    sequencer,
    model,
    audio,
    line,
    passes,
    frames: () => frames,
    heardMs,
    /** The first byte of each frame that went out. */
    played,
    playout,
  };
};

/** The same, once the greeting was heard; nothing is noted of it. */
export const greeted = (options: Parameters<typeof call>[0] = {}) => {
  const made = call(options);
  made.conversation.greetWithFrames(made.audio(1), 'welcome to us');
  made.time.advance(1500);
  made.sent.length = made.log.length = made.turns.length = 0;
  return made;
};
