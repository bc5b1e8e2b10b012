import { call } from '../../tests/scripted-call';

/** Numbers that look random and are the same for the same seed. */
const randomOf = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
};

const RUNS = 800;
const STEPS = 50;
/** Of the audio of responses; greeting and phrases have another. */
const FIRST_VALUE = 10;

interface Response {
  readonly id: string;
  /** Every byte of its audio. */
  readonly value: number;
  generatedMs: number;
  isCancelled: boolean;
  /** Frames that had gone out when it was cancelled. */
  framesAtCancel: number;
}

/**
 * A model and a caller who do whatever they may, in any order that the protocol allows and some that it does not, and
 * watch what the conversation asks of the model meanwhile.
 */
const disorderly = (seed: number, clearsLine: boolean) => {
  const random = randomOf(seed);
  const made = call({ clearsLine });
  const { conversation, sent, log, played, line, passes, audio, model } = made;
  const wrong: string[] = [];
  const responses: Response[] = [];
  let active: Response | null = null;
  let asked = 0;
  let read = 0;
  let checked = 0;
  let turns = 0;
  let isSpeaking = false;
  const openTools: string[] = [];

  const cancel = (id: string): void => {
    const response = responses.find((candidate) => candidate.id === id)!;
    if (response !== active) wrong.push(`cancel of ${id}, which is done`);
    if (response.isCancelled) wrong.push(`second cancel of ${id}`);
    response.isCancelled = true;
    response.framesAtCancel = played.length;
  };
  const truncate = (itemId: string, ms: number): void => {
    const response = responses.find(({ id }) => itemId === `item-${id}`);
    if (!response || ms > response.generatedMs) wrong.push(`truncate of ${itemId} at ${ms} ms`);
  };
  /** What the conversation has asked for since the last look. */
  const look = (): void => {
    for (; read < sent.length; read++) {
      const [verb, first, second] = sent[read]!.split(' ');
      if (verb === 'create') {
        if (active || asked > 0) wrong.push('create while a response is under way');
        asked = 1;
      } else if (verb === 'cancel') cancel(first!);
      else if (verb === 'truncate') truncate(first!, Number(second));
    }
    for (; checked < played.length; checked++) {
      const response = responses[played[checked]! - FIRST_VALUE - 1];
      if (response?.isCancelled && checked >= response.framesAtCancel)
        wrong.push(`stale audio of ${response.id}`);
    }
  };
  const created = (): void => {
    if (asked === 0 || active) return;
    asked = 0;
    const number = responses.length + 1;
    active = {
      id: `r${number}`,
      value: FIRST_VALUE + number,
      generatedMs: 0,
      isCancelled: false,
      framesAtCancel: 0,
    };
    responses.push(active);
    conversation.handle({ kind: 'response-created', responseId: active.id });
  };
  const speaks = (): void => {
    if (!active) return;
    const ms = Math.ceil(random() * 900);
    active.generatedMs += ms;
    const place = { responseId: active.id, itemId: `item-${active.id}` };
    conversation.handle({ kind: 'agent-transcript', ...place, text: ' word' });
    conversation.handle({ kind: 'audio', ...place, mulaw: Buffer.alloc(ms * 8, active.value) });
  };
  const done = (): void => {
    if (!active) return;
    const { id, generatedMs, isCancelled } = active;
    active = null;
    if (generatedMs > 0) conversation.handle({ kind: 'item-done', responseId: id, itemId: `item-${id}` });
    const status = isCancelled ? 'cancelled' : random() < 0.15 ? 'failed' : 'completed';
    conversation.handle({ kind: 'response-done', responseId: id, status, reason: null, usage: null });
  };
  const refused = (): void => {
    if (asked === 0) return;
    const eventId = `e${sent.findLastIndex((entry) => entry.startsWith('create')) + 1}`;
    asked = 0;
    const error = { kind: 'error', code: '', message: '', recoverable: true } as const;
    conversation.handle({ ...error, problem: 'busy', command: 'create', eventId });
  };
  const calls = (): void => {
    if (!active) return;
    const callId = `k${sent.length}-${responses.length}`;
    openTools.push(callId);
    conversation.handle({
      kind: 'tool-call',
      responseId: active.id,
      callId,
      name: 'look_up',
      argumentsJson: '{}',
    });
  };
  const answersTool = (): void => {
    const callId = openTools.shift();
    if (callId) conversation.toolAnswered(callId, '{}');
  };
  const callerStarts = (): void => {
    if (isSpeaking) return;
    isSpeaking = true;
    model.hearsStart(`c${++turns}`);
  };
  const callerStops = (): void => {
    if (!isSpeaking) return;
    isSpeaking = false;
    const itemId = `c${turns}`;
    if (random() < 0.95) conversation.handle({ kind: 'speech-stopped', itemId, audioEndMs: 0 });
    if (random() < 0.95) conversation.handle({ kind: 'turn-committed', itemId });
    if (random() < 0.8)
      conversation.handle({ kind: 'caller-transcript', itemId, text: 'words', status: 'final' });
  };
  const replaced = (): void => {
    look();
    active = null;
    asked = 0;
    isSpeaking = false;
    conversation.modelReplaced();
  };
  const actions: readonly [number, () => void][] = [
    [6, () => passes(Math.ceil(random() * 400))],
    [5, created],
    [6, speaks],
    [4, done],
    [4, callerStarts],
    [4, callerStops],
    [1, refused],
    [1, calls],
    [1, answersTool],
    [0.5, replaced],
    [0.5, () => conversation.playPhrase('filler', audio(1))],
    [1, () => (line.quietMs = random() < 0.5 ? 0 : 3000)],
  ];
  const total = actions.reduce((sum, [weight]) => sum + weight, 0);
  const act = (): void => {
    let left = random() * total;
    for (const [weight, action] of actions) {
      left -= weight;
      if (left > 0) continue;
      action();
      return look();
    }
  };
  /** From now on everybody does what is expected of them. */
  const settles = (): void => {
    line.quietMs = 3000;
    while (openTools.length > 0) answersTool();
    for (let round = 0; round < 60; round++) {
      if (isSpeaking) {
        isSpeaking = false;
        model.hearsEnd(`c${turns}`);
      }
      created();
      look();
      if (active && !(active as Response).isCancelled) speaks();
      done();
      look();
      passes(250);
      if (log.at(-1) === 'due new-session') replaced();
      look();
    }
  };
  return { ...made, wrong, act, settles, look, responses };
};

describe('Conversation, whatever the order of events', () => {
  it.each([false, true])(
    `has one response at a time, one cancel for each, none for one that is done, and no stale audio (clear: %s)`,
    (clearsLine) => {
      for (let seed = 1; seed <= RUNS / 2; seed++) {
        const { conversation, wrong, act, audio } = disorderly(seed, clearsLine);
        if (seed % 3 === 0) conversation.greetByModel('welcome');
        else conversation.greetWithFrames(audio(2), 'welcome to us');
        for (let step = 0; step < STEPS; step++) act();
        expect({ seed, wrong }).toEqual({ seed, wrong: [] });
      }
    },
  );

  it('comes to rest once caller and model behave, owing nobody an answer', () => {
    for (let seed = 1; seed <= RUNS / 2; seed++) {
      const { conversation, wrong, act, settles, audio, playout } = disorderly(seed, false);
      if (seed % 3 === 0) conversation.greetByModel('welcome');
      else conversation.greetWithFrames(audio(2), 'welcome to us');
      for (let step = 0; step < STEPS; step++) act();
      settles();
      expect({ seed, state: conversation.state, wrong }).toEqual({ seed, state: 'silent', wrong: [] });
      expect({ seed, isAudible: playout.isAudible() }).toEqual({ seed, isAudible: false });
    }
  });

  it('leaves the caller in silence for 5 s at most once it decided to leave, and then does nothing more', () => {
    for (let seed = 1; seed <= RUNS / 4; seed++) {
      const { conversation, act, audio, passes, sent, log, playout } = disorderly(seed, false);
      conversation.greetWithFrames(audio(2), 'welcome to us');
      for (let step = 0; step < STEPS; step++) act();
      conversation.close({ kind: 'hang-up' });
      let silentMs = 0;
      for (let ms = 0; ms < 120_000 && conversation.state !== 'over'; ms += 250) {
        passes(250);
        silentMs = playout.isAudible() ? 0 : silentMs + 250;
        expect({ seed, isTooLong: silentMs > 5000 }).toEqual({ seed, isTooLong: false });
      }
      expect({ seed, state: conversation.state }).toEqual({ seed, state: 'over' });
      // A tool that answers late is told to the model and changes nothing.
      const asked = (): string[] => sent.filter((entry) => !/^(output|add note)/.test(entry));
      const before = [asked().length, log.length];
      for (let step = 0; step < STEPS; step++) act();
      expect([asked().length, log.length]).toEqual(before);
    }
  });
});
