import { encodeDtmf } from '@frontdesk/audio';
import { greeted } from '../../tests/scripted-call';

type Greeted = ReturnType<typeof greeted>;

const asks = ({ conversation, model }: Greeted, callId = 'call1', responseId = 'r1'): void => {
  conversation.handle({ kind: 'response-created', responseId });
  conversation.handle({ kind: 'tool-call', responseId, callId, name: 'book', argumentsJson: '{}' });
  model.isDone(responseId);
};
const still = (frames: Buffer | null) => ({
  name: 'still-there',
  frames,
  text: 'still there',
  instructions: 'Say exactly: still there',
});

describe('a conversation with tools', () => {
  it('waits for a tool without taking the agent for silent, and counts anew from its answer', () => {
    const call = greeted();
    call.model.hears('c1');
    asks(call);
    call.passes(30_000);
    expect(call.log.filter((entry) => entry.startsWith('due'))).toEqual([]);
    expect(call.conversation.isQuiet).toBe(false);
    call.conversation.toolAnswered('call1', '{"ok":true}');
    expect(call.sent).toEqual(['create', 'output call1 {"ok":true}', 'create']);
    call.passes(3500);
    expect(call.log.filter((entry) => entry.startsWith('due'))).toEqual([]);
    call.passes(1000);
    expect(call.log.filter((entry) => entry.startsWith('due'))).toEqual(['due filler']);
  });

  it('goes on when the last of several tools has answered', () => {
    const call = greeted();
    call.model.hears('c1');
    call.conversation.handle({ kind: 'response-created', responseId: 'r1' });
    for (const callId of ['a', 'b'])
      call.conversation.handle({
        kind: 'tool-call',
        responseId: 'r1',
        callId,
        name: 'book',
        argumentsJson: '{}',
      });
    call.model.isDone('r1');
    call.conversation.toolAnswered('b', '{}');
    expect(call.sent.filter((entry) => entry === 'create')).toHaveLength(1);
    call.conversation.toolAnswered('a', '{}');
    expect(call.sent.filter((entry) => entry === 'create')).toHaveLength(2);
  });

  it('tells a session that did not ask for the tool its answer as text', () => {
    const call = greeted();
    call.model.hears('c1');
    asks(call);
    call.sent.length = 0;
    call.conversation.modelReplaced();
    // It is not asked for anything that would call the tool once more.
    expect(call.sent).toEqual([expect.stringMatching(/^add note-1 system The tool book is at work already/)]);
    call.sent.length = 0;
    call.conversation.toolAnswered('call1', '{"ok":true}');
    expect(call.sent[0]).toMatch(/^add note-\d+ system The tool book answered: \{"ok":true\}$/);
  });

  it('tells a new session what the old one was told and had not spoken about, and no more than that', () => {
    const call = greeted();
    call.model.hears('c1');
    asks(call);
    call.conversation.toolAnswered('call1', '{"ok":true}');
    call.conversation.addNote('the transfer failed');
    call.sent.length = 0;
    call.conversation.modelReplaced();
    const told = ['The tool book answered: {"ok":true}', 'the transfer failed'];
    expect(call.sent).toEqual([`add note-2 system ${told[0]}`, `add note-3 system ${told[1]}`, 'create']);
    call.model.speaks('r2', 1, 'booked', { done: false });
    call.conversation.addNote('came while it spoke');
    call.model.isDone('r2');
    call.time.advance(3000);
    call.sent.length = 0;
    call.conversation.modelReplaced();
    expect(call.sent).toEqual(['add note-5 system came while it spoke']);
  });

  it('is quiet after keys for the other side, and plays them although the caller speaks', async () => {
    const call = greeted();
    call.model.hears('c1');
    asks(call);
    const before = call.frames();
    const heard = call.conversation.playTones(encodeDtmf('12'));
    call.time.advance(60);
    call.model.hearsStart('c2');
    call.time.advance(600);
    await heard;
    expect((call.frames() - before) * 20).toBe(400);
    call.model.hearsEnd('c2');
    expect(call.turns.filter(({ speaker }) => speaker === 'agent')).toEqual([]);
  });
});

describe('a conversation that the call has a word in', () => {
  it('says a phrase at hand, and lets the model know', () => {
    const call = greeted();
    expect(call.conversation.isQuiet).toBe(true);
    call.conversation.say(still(call.audio(1)));
    expect(call.sent).toEqual([expect.stringMatching(/^add said-\d+ agent still there$/)]);
    expect(call.conversation.isQuiet).toBe(false);
    call.passes(2000);
    expect(call.conversation.isQuiet).toBe(true);
  });

  it('tells a session that takes over what it has said by itself, in its place', () => {
    const call = greeted();
    call.conversation.say(still(call.audio(1)));
    call.passes(2000);
    call.model.hears('c1', 'yes I am');
    expect(call.conversation.history().map(({ role, text }) => `${role}: ${text}`)).toEqual([
      'agent: welcome to us',
      'agent: still there',
      'caller: yes I am',
    ]);
  });

  it('remembers of a phrase that the caller spoke over only what was heard of it, and so does the model', () => {
    const call = greeted();
    const words = { ...still(call.audio(4)), text: 'one two three four five six seven eight' };
    call.conversation.say(words);
    call.passes(1000);
    call.model.hears('c1', 'yes I am');
    expect(call.sent).toEqual([
      'add said-1 agent one two three four five six seven eight',
      'add said-1-heard agent one two',
      'delete said-1',
      'create',
    ]);
    const history = call.conversation.history();
    expect(history.map(({ role, text }) => `${role}: ${text}`)).toEqual([
      'agent: welcome to us',
      'agent: one two',
      'caller: yes I am',
    ]);
    expect(history[1]).toMatchObject({ interrupted: true });
    // It is no turn of the model's.
    expect(call.turns.map(({ speaker }) => speaker)).toEqual(['caller']);
  });

  it('corrects in a session that took over what it was told of a phrase, when the caller then speaks over it', () => {
    const call = greeted();
    const words = { ...still(call.audio(4)), text: 'one two three four five six seven eight' };
    call.conversation.say(words);
    call.passes(500);
    call.conversation.modelReplaced();
    const [told] = call.conversation.history().filter(({ text }) => text === words.text);
    call.sent.length = 0;
    call.passes(500);
    call.model.hears('c1', 'yes I am');
    expect(call.sent.slice(0, 2)).toEqual([`add ${told!.id}-heard agent one two`, `delete ${told!.id}`]);
  });

  it('forgets a phrase of which nothing was heard', () => {
    const call = greeted();
    call.model.hears('c1');
    call.model.speaks('r1', 4, 'one two three four five six seven eight');
    call.conversation.say(still(call.audio(1)));
    call.passes(1000);
    call.model.hearsStart('c2');
    const said = call.sent.findIndex((entry) => entry === 'add said-1 agent still there');
    expect(said).toBeGreaterThan(0);
    expect(call.sent.slice(said + 1)).toContain('delete said-1');
    expect(call.conversation.history().map(({ text }) => text)).not.toContain('still there');
  });

  it('has the model say what is not at hand', () => {
    const call = greeted();
    call.conversation.say(still(null));
    expect(call.sent).toEqual(['create Say exactly: still there']);
  });

  it('answers keys at once when the agent is silent, and behind its words when it speaks', () => {
    const call = greeted();
    call.conversation.keyed('42');
    expect(call.sent).toEqual([
      expect.stringMatching(/^add keyed-\d+ caller \[pressed the keys 42\]$/),
      'create',
    ]);
    expect(call.turns).toMatchObject([{ speaker: 'caller', heard: '[pressed the keys 42]' }]);
    call.model.speaks('r1', 4, 'one two three four');
    call.passes(1000);
    call.conversation.keyed('7');
    expect(call.conversation.state).toBe('speaking');
    expect(call.sent.filter((entry) => entry === 'create')).toHaveLength(2);
    expect(call.sent.filter((entry) => entry.startsWith('truncate'))).toEqual([]);
  });

  it('says goodbye instead of what it is saying, and leaves when that was heard', () => {
    const call = greeted();
    call.model.hears('c1');
    call.model.speaks('r1', 30, 'one two three four five six', { done: false });
    call.passes(1000);
    call.conversation.close({ kind: 'hang-up', reason: 'max-length' }, still(call.audio(1)));
    expect(call.sent).toContain('cancel r1');
    call.model.isDone('r1', 'cancelled');
    call.passes(1000);
    expect(call.log).not.toContain('left hang-up');
    call.passes(1000);
    expect(call.log.at(-1)).toBe('left hang-up');
  });

  it('stays when a transfer failed, tells the agent, and may leave again', () => {
    const call = greeted();
    call.model.hears('c1');
    call.conversation.handle({ kind: 'response-created', responseId: 'r1' });
    call.conversation.close({ kind: 'transfer' });
    call.model.speaks('r1', 1, 'one second');
    call.passes(2000);
    expect(call.log.filter((entry) => entry.startsWith('left'))).toEqual(['left transfer']);
    expect(call.conversation.state).toBe('closing');
    call.passes(30_000);
    expect(call.log.filter((entry) => entry.startsWith('left'))).toHaveLength(1);
    call.sent.length = 0;
    call.conversation.stay('The transfer failed.');
    expect(call.sent).toEqual([
      expect.stringMatching(/^add note-\d+ system The transfer failed\.$/),
      'create',
    ]);
    call.model.speaks('r2', 1, 'sorry');
    call.passes(2000);
    expect(call.conversation.state).toBe('silent');
    call.conversation.close({ kind: 'hang-up' }, still(call.audio(1)));
    call.passes(2000);
    expect(call.log.at(-1)).toBe('left hang-up');
  });

  describe('whose agent leaves', () => {
    const leaves = () => {
      const call = greeted();
      call.model.hears('c1');
      call.conversation.handle({ kind: 'response-created', responseId: 'r1' });
      call.conversation.close({ kind: 'hang-up' });
      return call;
    };
    const goodbyesPlayed = ({ played }: Greeted): number => played.filter((byte) => byte === 2).length;

    it('says the prepared goodbye after 4 s when the model does not say its own', () => {
      const call = leaves();
      call.model.isDone('r1');
      expect(call.sent.filter((entry) => entry === 'create')).toHaveLength(2);
      call.passes(3500);
      expect(goodbyesPlayed(call)).toBe(0);
      call.passes(2500);
      expect(goodbyesPlayed(call)).toBe(50);
      expect(call.log.filter((entry) => entry.startsWith('left'))).toEqual(['left hang-up']);
    });

    it('hangs up after 4 s when there is neither a goodbye of the model nor a prepared one', () => {
      const call = leaves();
      call.line.hasGoodbye = false;
      call.passes(3500);
      expect(call.log).not.toContain('left hang-up');
      call.passes(750);
      expect(call.log.at(-1)).toBe('left hang-up');
    });

    it('needs no model: without any session it says the prepared goodbye and goes, and asks for no fallback', () => {
      const call = leaves();
      expect(call.conversation.modelLost()).toBe(true);
      call.passes(500);
      expect(goodbyesPlayed(call)).toBeGreaterThan(0);
      call.passes(1000);
      expect(call.log.at(-1)).toBe('left hang-up');
      expect(call.conversation.modelLost()).toBe(true);
    });

    it('says a goodbye that broke off again, and not one that was said whole', () => {
      const broken = leaves();
      broken.model.speaks('r1', 1, 'have a', { done: false });
      broken.passes(1500);
      broken.conversation.modelLost();
      broken.passes(1500);
      expect(goodbyesPlayed(broken)).toBe(50);
      expect(broken.log.at(-1)).toBe('left hang-up');
      const whole = leaves();
      whole.model.speaks('r1', 1, 'have a nice day');
      whole.conversation.modelLost();
      whole.passes(1500);
      expect(goodbyesPlayed(whole)).toBe(0);
      expect(whole.log.at(-1)).toBe('left hang-up');
    });

    it('hears a long goodbye out', () => {
      const call = leaves();
      call.model.speaks('r1', 40, 'one two three');
      call.passes(39_000);
      expect(call.log).not.toContain('left hang-up');
      call.passes(2000);
      expect(call.log.at(-1)).toBe('left hang-up');
    });

    it('goes to the fallback when its model is lost while it does not leave', () => {
      expect(greeted().conversation.modelLost()).toBe(false);
    });
  });

  it('that comes back from a transfer speaks first, and knows why', () => {
    const call = greeted();
    call.sent.length = 0;
    call.conversation.goOn([{ role: 'agent', text: 'one second' }], 'The transfer failed.');
    expect(call.sent.at(-1)).toBe('create');
    expect(call.sent.at(-2)).toMatch(/system The transfer failed\.$/);
  });
});
