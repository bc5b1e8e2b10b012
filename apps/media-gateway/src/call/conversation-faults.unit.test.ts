import { call, greeted } from '../../tests/scripted-call';

const due = (log: readonly string[]): string[] => log.filter((entry) => entry.startsWith('due'));

describe('Conversation with a model that does not go on', () => {
  it('takes speech that never ends for ended once the line is quiet, and then for a silent agent', () => {
    const { log, model, line, passes } = greeted();
    model.hearsStart('c1');
    passes(10_000);
    expect(due(log)).toEqual([]);
    line.quietMs = 1500;
    passes(4000);
    expect(due(log)).toEqual(['due filler']);
    passes(8000);
    expect(due(log)).toEqual(['due filler', 'due new-session', 'due fallback']);
  });

  it('takes speech of a whole minute for ended on a line that is never quiet', () => {
    const { log, model, passes } = greeted();
    model.hearsStart('c1');
    passes(59_000);
    expect(due(log)).toEqual([]);
    passes(5000);
    expect(due(log)).toEqual(['due filler']);
  });

  it('waits for the agent from the end of speech that makes no turn', () => {
    const { log, conversation, model, passes } = greeted();
    model.hearsStart('c1');
    conversation.handle({ kind: 'speech-stopped', itemId: 'c1', audioEndMs: 0 });
    passes(4250);
    expect(due(log)).toEqual(['due filler']);
  });

  it('lets a filler be heard before an answer that came to a standstill', () => {
    const { log, model, conversation, audio, passes, heardMs } = greeted();
    model.hears('c1');
    model.speaks('r1', 1, 'we are', { done: false });
    passes(6000);
    expect(due(log)).toEqual(['due filler']);
    const before = heardMs();
    conversation.playPhrase('filler', audio(1));
    passes(1500);
    expect(heardMs() - before).toBe(1000);
    conversation.handle({ kind: 'audio', responseId: 'r1', itemId: 'item-r1', mulaw: audio(1) });
    model.isDone('r1');
    passes(1500);
    expect(heardMs() - before).toBe(2000);
    expect(conversation.state).toBe('silent');
  });

  it('waits for a session that hears, after the greeting, and no longer than it takes', () => {
    const { log, line, conversation, audio, passes } = call();
    line.isModelReady = false;
    conversation.greetWithFrames(audio(2), 'welcome');
    passes(2250);
    expect(due(log)).toEqual([]);
    passes(1500);
    expect(due(log)).toEqual(['due filler']);
    line.isModelReady = true;
    conversation.handle({ kind: 'ready', sessionId: null, expiresAtMs: null });
    passes(20_000);
    expect(due(log)).toEqual(['due filler']);
  });

  it('asks again 0.3 and 1 s after a response that failed, then leaves it to the silence watch', () => {
    const { sent, log, conversation, model, passes } = greeted();
    model.hears('c1');
    for (const id of ['r1', 'r2', 'r3']) {
      conversation.handle({ kind: 'response-created', responseId: id });
      model.isDone(id, 'failed');
      passes(1000);
    }
    expect(sent).toEqual(['create', 'create', 'create']);
    passes(2000);
    expect(sent).toHaveLength(3);
    expect(due(log)).toEqual(['due filler']);
  });

  it('asks again for a response that was refused, and not when the caller speaks meanwhile', () => {
    const { sent, conversation, model, passes } = greeted();
    const refused = { kind: 'error', code: 'x', message: '', recoverable: true } as const;
    model.hears('c1');
    conversation.handle({ ...refused, problem: 'busy', command: 'create', eventId: 'e1' });
    passes(300);
    expect(sent).toEqual(['create', 'create']);
    conversation.handle({ ...refused, problem: 'busy', command: 'create', eventId: 'e2' });
    model.hearsStart('c2');
    passes(2000);
    expect(sent).toHaveLength(2);
  });

  it('does not take a slow tool for a silent agent, and waits for the agent again from its answer on', () => {
    const { log, sent, conversation, model, passes } = greeted();
    model.hears('c1');
    conversation.handle({ kind: 'response-created', responseId: 'r1' });
    conversation.handle({
      kind: 'tool-call',
      responseId: 'r1',
      callId: 'k1',
      name: 'look_up',
      argumentsJson: '{}',
    });
    model.isDone('r1');
    passes(20_000);
    expect(due(log)).not.toContain('due new-session');
    log.length = 0;
    conversation.toolAnswered('k1', '{}');
    passes(3500);
    expect(due(log)).toEqual([]);
    passes(500);
    expect(sent).toEqual(['create', 'output k1 {}', 'create']);
    expect(due(log)).toEqual(['due filler']);
  });

  it('cancels an answer of more than 5 min, truncates it to what was taken, and lets that be heard', () => {
    const { sent, conversation, model, audio, passes } = greeted();
    model.hears('c1');
    model.speaks('r1', 290, 'word '.repeat(100), { done: false });
    passes(1000);
    conversation.handle({ kind: 'audio', responseId: 'r1', itemId: 'item-r1', mulaw: audio(30) });
    conversation.handle({ kind: 'audio', responseId: 'r1', itemId: 'item-r1', mulaw: audio(30) });
    expect(sent).toEqual(['create', 'cancel r1', 'truncate item-r1 290000']);
    model.isDone('r1', 'cancelled');
    passes(291_000);
    expect(sent).toHaveLength(3);
    expect(conversation.state).toBe('silent');
  });
});

describe('Conversation in a session that takes the place of another', () => {
  it('lets the beginning of an answer be heard, and has the new session go on from there', () => {
    const { sent, turns, log, conversation, model, passes } = greeted();
    model.hears('c1', 'are you open');
    model.speaks('r1', 2, 'we are open', { done: false });
    passes(500);
    conversation.modelReplaced();
    expect(sent[1]).toMatch(/^add note-1-cut system A fault cut off what you were saying/);
    expect(sent.slice(2)).toEqual(['create']);
    model.speaks('r2', 1, 'until nine');
    passes(4000);
    expect(turns.map(({ speaker, heard }) => `${speaker}: ${heard}`)).toEqual([
      'caller: are you open',
      'agent: we are open',
      'agent: until nine',
    ]);
    expect(log.at(-1)).toBe('silent');
  });

  it('asks again for an answer of which nothing came, and not for one that was heard', () => {
    const { sent, conversation, model, passes } = greeted();
    model.hears('c1');
    conversation.modelReplaced();
    expect(sent).toEqual(['create', 'create']);
    model.speaks('r1', 1, 'yes');
    passes(2000);
    conversation.modelReplaced();
    expect(sent).toEqual(['create', 'create']);
  });

  it('asks for a greeting that the model should have spoken in the same words', () => {
    const { sent, conversation } = call();
    conversation.greetByModel('welcome to us');
    conversation.modelReplaced();
    expect(sent).toEqual(['create Say exactly: welcome to us', 'create Say exactly: welcome to us']);
  });

  it('knows a turn without words by its audio, in its place, and tells it to the log', () => {
    const { turns, conversation, model, passes } = greeted();
    model.hearsStart('c1');
    model.hearsEnd('c1');
    model.speaks('r1', 1, 'we are open');
    expect(conversation.history().slice(1)).toEqual([
      { role: 'caller', text: '', itemId: 'c1' },
      { role: 'agent', text: 'we are open', id: 'open-2', interrupted: true },
    ]);
    conversation.modelReplaced();
    passes(2000);
    expect(conversation.awaitedTranscripts).toBe(0);
    expect(turns.map(({ speaker, heard }) => `${speaker}: ${heard}`)).toEqual([
      'caller: ',
      'agent: we are open',
    ]);
    expect(conversation.history().slice(1)).toMatchObject([{ itemId: 'c1' }, { text: 'we are open' }]);
  });

  it('asks for a word when the caller waited although the model had missed the end of the speech', () => {
    const { sent, conversation, model, line, passes } = greeted();
    model.hearsStart('c1');
    line.quietMs = 5000;
    passes(8000);
    conversation.modelReplaced();
    expect(sent).toEqual(['create']);
    expect(conversation.state).toBe('thinking');
  });

  it('says nothing unasked when the caller only waited for a session', () => {
    const { sent, conversation, line, passes } = greeted();
    line.isModelReady = false;
    passes(3000);
    conversation.modelReplaced();
    expect(sent).toEqual([]);
    expect(conversation.state).toBe('silent');
  });

  it('truncates nothing that the new session knows only as text', () => {
    const { sent, conversation, model, passes } = greeted();
    model.hears('c1');
    conversation.handle({ kind: 'response-created', responseId: 'r1' });
    conversation.handle({
      kind: 'audio',
      responseId: 'r1',
      itemId: 'item-r1',
      mulaw: Buffer.alloc(32_000, 1),
    });
    passes(500);
    conversation.modelReplaced();
    model.hearsStart('c2');
    expect(sent.filter((entry) => /truncate|delete/.test(entry))).toEqual([]);
  });
});

describe('Conversation interrupted', () => {
  it('does not stop the greeting for speech that ended in its window, though the VAD tells of the end later', () => {
    const { log, model, line, conversation, audio, passes, heardMs } = call();
    conversation.greetWithFrames(audio(2), 'welcome');
    passes(100);
    model.hearsStart('c1');
    line.quietMs = 200;
    passes(700);
    model.hearsEnd('c1');
    passes(3000);
    expect(heardMs()).toBe(2000);
    expect(log.some((entry) => entry.startsWith('barge-in'))).toBe(false);
    expect(log.at(-1)).not.toBe('silent');
  });

  it('stops it for a caller who only paused', () => {
    const { log, model, line, conversation, audio, passes, time } = call();
    conversation.greetWithFrames(audio(4), 'one two three four');
    passes(100);
    model.hearsStart('c1');
    line.quietMs = 200;
    passes(600);
    expect(log.at(-1)).toBe('greeting');
    line.quietMs = 0;
    time.advance(50);
    expect(log.some((entry) => entry.startsWith('barge-in'))).toBe(true);
  });

  it('stops a phrase too, and answers', () => {
    const { sent, conversation, model, audio, passes, heardMs } = greeted();
    const before = heardMs();
    conversation.playPhrase('still-there', audio(3));
    passes(500);
    model.hearsStart('c1');
    passes(3000);
    expect(heardMs() - before).toBeLessThanOrEqual(500 + 160);
    model.hearsEnd('c1');
    expect(sent).toEqual(['create']);
  });

  it('with BARGE_IN_CLEAR stops at once and truncates at what was heard by then', () => {
    const { sent, turns, model, passes, heardMs } = greeted({ clearsLine: true });
    const before = heardMs();
    model.hears('c1');
    model.speaks('r1', 4, 'one two three four five six seven eight');
    passes(1000);
    model.hearsStart('c2');
    expect(heardMs() - before).toBe(1000);
    expect(sent.at(-1)).toBe('truncate item-r1 1000');
    passes(1000);
    expect(heardMs() - before).toBe(1000);
    expect(turns.at(-1)).toMatchObject({ heard: 'one two', interrupted: true, estimated: true });
  });

  it('with BARGE_IN_CLEAR cuts an answer of which the last 140 ms were on their way, and forgets no turn', () => {
    const { sent, turns, model, conversation, passes, time } = greeted({ clearsLine: true });
    model.hears('c1');
    model.speaks('r1', 1, 'one two');
    time.advance(900);
    model.hearsStart('c2');
    expect(sent.at(-1)).toBe('truncate item-r1 900');
    expect(turns.at(-1)).toMatchObject({ speaker: 'agent', interrupted: true });
    model.hearsEnd('c2');
    model.speaks('r2', 1, 'three');
    passes(2000);
    expect(turns.at(-1)).toMatchObject({ heard: 'three', interrupted: false });
    expect(conversation.state).toBe('silent');
  });
});
