import { call, greeted } from '../../tests/scripted-call';

describe('Conversation', () => {
  it('greets with frames, puts the text into the conversation and then listens', () => {
    const { time, sent, log, turns, conversation, audio } = call();
    conversation.greetWithFrames(audio(1), 'welcome to us');
    expect(sent).toEqual(['add greeting agent welcome to us']);
    time.advance(1500);
    expect(log).toEqual(['greeting-protected', 'greeting', 'greeting welcome to us/welcome to us', 'silent']);
    expect(turns).toMatchObject([
      { turn: 0, speaker: 'agent', said: 'welcome to us', heard: 'welcome to us', interrupted: false },
    ]);
  });

  it('greets with frames that are still being made, and listens when the last was heard', () => {
    const { time, sent, log, turns, conversation, audio } = call();
    const greeting = conversation.greetLive('welcome to us');
    greeting.add(audio(0.5));
    time.advance(300);
    expect(log).toEqual(['greeting-protected']);
    greeting.add(audio(0.5));
    greeting.complete();
    time.advance(1500);
    expect(sent).toEqual(['add greeting agent welcome to us']);
    expect(log).toEqual(['greeting-protected', 'greeting', 'greeting welcome to us/welcome to us', 'silent']);
    expect(turns).toMatchObject([{ said: 'welcome to us', heard: 'welcome to us', interrupted: false }]);
  });

  it('has the model say a greeting that broke off, after what was heard of it', () => {
    const { time, sent, turns, conversation, audio, model } = call();
    const greeting = conversation.greetLive('one two three four five six seven eight');
    greeting.add(audio(1));
    greeting.breakOff();
    expect(sent).toEqual([
      'add greeting agent one two three four five six seven eight',
      'add greeting-heard agent one two',
      'delete greeting',
      'create Say exactly: one two three four five six seven eight',
    ]);
    model.speaks('r1', 1, 'one two three four five six seven eight');
    time.advance(3000);
    expect(turns.map(({ heard }) => heard)).toEqual(['one two', 'one two three four five six seven eight']);
  });

  it('says nothing more of a greeting that broke off after the caller had spoken over it', () => {
    const { time, sent, conversation, audio, model } = call();
    const greeting = conversation.greetLive('one two three four five six seven eight');
    greeting.add(audio(2));
    time.advance(700);
    model.hearsStart('c1');
    const before = sent.length;
    greeting.breakOff();
    expect(sent.length).toBe(before);
  });

  it('answers a turn of the caller and is silent when the answer was heard', () => {
    const { time, sent, log, turns, model } = greeted();
    model.hears('c1', 'are you open');
    expect(sent).toEqual(['create']);
    model.speaks('r1', 2, 'yes we are');
    time.advance(1000);
    expect(log).toEqual(['thinking', 'speaking']);
    time.advance(1500);
    expect(log.at(-1)).toBe('silent');
    expect(turns.map(({ speaker, heard, turn }) => [turn, speaker, heard])).toEqual([
      [1, 'caller', 'are you open'],
      [2, 'agent', 'yes we are'],
    ]);
  });

  it('lets the greeting play on when speech in its first 500 ms stops, and answers after it', () => {
    const { time, sent, log, conversation, audio, model, frames } = call();
    conversation.greetWithFrames(audio(2), 'welcome');
    time.advance(100);
    model.hearsStart('c1');
    time.advance(300);
    model.hearsEnd('c1');
    time.advance(1500);
    expect(sent).toEqual(['add greeting agent welcome']);
    time.advance(400);
    expect(frames()).toBe(100);
    expect(sent.at(-1)).toBe('create');
    expect(log.some((entry) => entry.startsWith('barge-in'))).toBe(false);
  });

  it('stops the greeting at the end of the window when the caller goes on, and keeps the words heard', () => {
    const { time, sent, log, conversation, audio, model, frames } = call();
    conversation.greetWithFrames(audio(4), 'one two three four five six seven eight');
    time.advance(300);
    model.hearsStart('c1');
    time.advance(199);
    expect(log).toEqual(['greeting-protected']);
    time.advance(1);
    const cut = frames();
    expect(cut * 20).toBeLessThanOrEqual(500 + 160);
    expect(sent.slice(1)).toEqual(['add greeting-heard agent one', 'delete greeting']);
    model.hearsEnd('c1');
    expect(sent.at(-1)).toBe('create');
    time.advance(2000);
    expect(frames()).toBe(cut);
  });

  it('cancels once, truncates at what went to the TX queue and plays nothing of it afterwards', () => {
    const { time, sent, log, turns, model, frames, conversation, audio } = greeted();
    model.hears('c1');
    model.speaks('r1', 4, 'one two three four five six seven eight', { done: false });
    time.advance(1000);
    model.hearsStart('c2');
    const cutFrames = frames();
    const cutMs = (cutFrames - 50) * 20;
    expect(sent).toEqual(['create', 'cancel r1', `truncate item-r1 ${cutMs}`]);
    expect(log.at(-1)).toBe(`barge-in r1 ${cutMs}`);
    conversation.handle({ kind: 'audio', responseId: 'r1', itemId: 'item-r1', mulaw: audio(1) });
    model.hearsEnd('c2');
    expect(sent).toHaveLength(3);
    model.isDone('r1', 'cancelled');
    expect(sent).toHaveLength(4);
    expect(sent.at(-1)).toBe('create');
    time.advance(1000);
    expect(frames()).toBe(cutFrames);
    expect(turns.at(-1)).toMatchObject({ speaker: 'agent', interrupted: true, estimated: true });
  });

  it('truncates without a cancel when the model has finished and the caller still hears it', () => {
    const { time, sent, model } = greeted();
    model.hears('c1');
    model.speaks('r1', 4, 'one two three four');
    time.advance(1000);
    model.hearsStart('c2');
    expect(sent.filter((entry) => entry.startsWith('cancel'))).toEqual([]);
    expect(sent.at(-1)).toMatch(/^truncate item-r1 1\d\d\d$/);
    model.hearsEnd('c2');
    expect(sent.at(-1)).toBe('create');
  });

  it('leaves the item whole when all of it went to the TX queue before the caller spoke', () => {
    const { time, sent, turns, model } = greeted();
    model.hears('c1');
    model.speaks('r1', 1, 'one two');
    time.advance(900);
    model.hearsStart('c2');
    time.advance(300);
    expect(sent).toEqual(['create']);
    expect(turns.at(-1)).toMatchObject({ heard: 'one two', interrupted: false });
  });

  it('cancels before the first frame and deletes what nobody heard', () => {
    const { sent, model, frames, conversation, audio } = greeted();
    const before = frames();
    model.hears('c1');
    model.hearsStart('c2');
    expect(sent).toEqual(['create']);
    conversation.handle({ kind: 'response-created', responseId: 'r1' });
    expect(sent).toEqual(['create', 'cancel r1']);
    conversation.handle({ kind: 'audio', responseId: 'r1', itemId: 'item-r1', mulaw: audio(1) });
    model.hearsEnd('c2');
    model.isDone('r1', 'cancelled');
    expect(sent).toEqual(['create', 'cancel r1', 'delete item-r1', 'create']);
    expect(frames()).toBe(before);
  });

  it('takes several interruptions back to back, one cancel for each response', () => {
    const { time, sent, model } = greeted();
    model.hears('c1');
    for (let round = 1; round <= 3; round++) {
      model.speaks(`r${round}`, 4, 'one two three four', { done: false });
      time.advance(300);
      model.hearsStart(`d${round}`);
      model.hearsEnd(`d${round}`);
      model.isDone(`r${round}`, 'cancelled');
    }
    expect(sent.filter((entry) => entry.startsWith('cancel'))).toEqual([
      'cancel r1',
      'cancel r2',
      'cancel r3',
    ]);
    expect(sent.filter((entry) => entry === 'create')).toHaveLength(4);
  });

  it('ends the call only when the goodbye was heard, and does not let it be interrupted', () => {
    const { time, sent, log, model, conversation } = greeted();
    model.hears('c1', 'goodbye');
    conversation.handle({ kind: 'response-created', responseId: 'r1' });
    conversation.handle({
      kind: 'tool-call',
      responseId: 'r1',
      callId: 'call1',
      name: 'end_call',
      argumentsJson: '{}',
    });
    expect(log).toContain('tool end_call call1');
    conversation.close({ kind: 'hang-up' });
    conversation.toolAnswered('call1', '{}');
    conversation.handle({
      kind: 'response-done',
      responseId: 'r1',
      status: 'completed',
      reason: null,
      usage: null,
    });
    expect(sent).toEqual(['create', 'output call1 {}', 'create']);
    model.speaks('r2', 1, 'goodbye');
    time.advance(400);
    model.hearsStart('c2');
    conversation.beat();
    expect(log.at(-1)).toBe('closing');
    time.advance(700);
    conversation.beat();
    expect(log.slice(-2)).toEqual(['over', 'left hang-up']);
    expect(sent).toHaveLength(3);
  });

  it('leaves after 20 s when the goodbye never comes', () => {
    const { time, log, conversation } = greeted();
    conversation.close({ kind: 'hang-up' });
    for (let second = 0; second < 21; second++) {
      time.advance(1000);
      conversation.beat();
    }
    expect(log.at(-1)).toBe('left hang-up');
  });

  it('asks for a filler after 4 s without the agent, a new session after 8 s and the fallback after 12 s', () => {
    const { time, log, model, passes } = greeted();
    const dueAt: number[] = [];
    model.hears('c1');
    const startMs = time.monotonicMs();
    for (let beat = 0; beat < 60; beat++) {
      passes(250);
      if (
        log.at(-1)?.startsWith('due') &&
        dueAt.length < log.filter((entry) => entry.startsWith('due')).length
      )
        dueAt.push(time.monotonicMs() - startMs);
    }
    expect(log.filter((entry) => entry.startsWith('due'))).toEqual([
      'due filler',
      'due new-session',
      'due fallback',
    ]);
    expect(dueAt).toEqual([3750, 7750, 11_750]);
  });

  it('does not take a caller who says nothing for a silent agent', () => {
    const { time, log, conversation } = greeted();
    for (let beat = 0; beat < 200; beat++) {
      time.advance(250);
      conversation.beat();
    }
    expect(log).toEqual([]);
  });

  it('has the model speak the greeting where no frames are, with the same protection', () => {
    const { time, sent, log, model, conversation } = call();
    conversation.greetByModel('welcome to us');
    expect(sent).toEqual(['create Say exactly: welcome to us']);
    model.speaks('r1', 1, 'welcome to us');
    time.advance(100);
    expect(log).toEqual(['greeting-protected']);
    model.hears('c1');
    time.advance(1500);
    expect(log).toContain('greeting welcome to us/welcome to us');
    expect(sent).toEqual(['create Say exactly: welcome to us', 'create']);
  });

  it('tells at the end of the call what was being said, as far as it was heard', () => {
    const { time, turns, model, conversation } = greeted();
    model.hears('c1');
    model.speaks('r1', 10, 'one two three four five six seven eight nine ten');
    time.advance(2000);
    conversation.end();
    expect(turns.at(-1)).toMatchObject({ heard: 'one two', interrupted: true });
    model.hearsStart('c9');
    expect(conversation.state).toBe('over');
  });

  it('stays speaking when the last answer was heard and the next has begun: the caller can stop that too', () => {
    const { time, log, sent, model, conversation } = greeted();
    model.hears('c1');
    model.speaks('r1', 1, 'let me see', { done: false });
    conversation.toolAnswered('call1', '{}');
    model.isDone('r1');
    model.speaks('r2', 10, 'one two three four five six seven eight nine ten', { done: false });
    for (let beat = 0; beat < 36; beat++) {
      time.advance(250);
      conversation.beat();
      if (beat === 20) model.isDone('r2');
    }
    expect(log).toEqual(['thinking', 'speaking']);
    model.hearsStart('c2');
    expect(sent.at(-1)).toMatch(/^truncate item-r2 8\d\d\d$/);
  });

  it('answers at once when the call is taken up again with the caller unanswered', () => {
    const { sent, log, conversation } = call();
    conversation.goOn([{ role: 'caller', text: 'are you open' }]);
    expect(sent).toEqual(['add past-0 caller are you open', 'create']);
    expect(log).toEqual(['silent', 'thinking']);
  });

  it('waits for the caller when the call is taken up again and the agent spoke last', () => {
    const { sent, conversation } = call();
    conversation.goOn([{ role: 'agent', text: 'yes we are' }]);
    expect(sent).toEqual(['add past-0 agent yes we are']);
  });

  it('answers keys that were pressed before it was known what was said in the call', () => {
    const { sent, conversation } = call();
    conversation.goOn([{ role: 'agent', text: 'press a key' }], null, () => conversation.keyed('42'));
    expect(sent).toEqual([
      'add past-0 agent press a key',
      'add keyed-0 caller [pressed the keys 42]',
      'create',
    ]);
  });

  it.each([
    ['in the middle of a sentence', [{ role: 'agent', text: 'yes we', interrupted: true }] as const],
    ['before anything was heard to its end', []],
  ])('goes on by itself when the stream broke %s', (_when, past) => {
    const { sent, log, conversation } = call();
    conversation.goOn(past);
    expect(sent.slice(past.length)).toEqual([
      expect.stringMatching(/^add note-1 system A fault cut you off/),
      'create',
    ]);
    expect(log).toEqual(['silent', 'thinking']);
  });

  it('remembers for the next stream that what was said last was cut', () => {
    const { time, model, conversation } = greeted();
    model.hears('c1', 'are you open');
    model.speaks('r1', 4, 'one two three four');
    time.advance(1000);
    conversation.end();
    expect(conversation.history().at(-1)).toEqual({ role: 'agent', text: 'one', interrupted: true });
  });

  it('takes no more than 200 turns of an earlier stream with it, the newest', () => {
    const { sent, conversation } = call();
    conversation.goOn(
      Array.from({ length: 201 }, (_, turn) => ({ role: 'agent' as const, text: `said ${turn}` })),
    );
    expect(sent).toHaveLength(200);
    expect(sent[0]).toBe('add past-0 agent said 1');
    expect(conversation.history()).toHaveLength(200);
  });

  it('replaces the text of what was interrupted where a new session does not know its audio', () => {
    const { time, sent, model, conversation } = greeted();
    model.hears('c1', 'are you open');
    model.speaks('r1', 4, 'one two three four');
    time.advance(1000);
    expect(conversation.history()).toEqual([
      { role: 'agent', text: 'welcome to us' },
      { role: 'caller', text: 'are you open', itemId: 'c1' },
      { role: 'agent', text: 'one two three four', id: 'open-2', interrupted: true },
    ]);
    conversation.modelReplaced();
    model.hearsStart('c2');
    expect(sent).toEqual(['create', 'add open-2-heard agent one', 'delete open-2']);
  });

  it('takes a model that stops in the middle of an answer for a silent agent', () => {
    const { time, log, model, conversation, audio } = greeted();
    const beats = (seconds: number): void => {
      for (let beat = 0; beat < seconds * 4; beat++) {
        time.advance(250);
        conversation.beat();
      }
    };
    model.hears('c1');
    model.speaks('r1', 1, 'we are open', { done: false });
    beats(4);
    conversation.handle({ kind: 'audio', responseId: 'r1', itemId: 'item-r1', mulaw: audio(1) });
    beats(4);
    expect(log.filter((entry) => entry.startsWith('due'))).toEqual([]);
    beats(8);
    expect(log.filter((entry) => entry.startsWith('due'))).toEqual(['due filler', 'due new-session']);
  });
});
