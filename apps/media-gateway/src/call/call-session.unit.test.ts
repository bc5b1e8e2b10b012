import { session } from '../../tests/scripted-session';

/** Promises that are settled already get their turn. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const error = { kind: 'error', code: 'x', message: '', command: null, eventId: null } as const;

describe('CallSession and its model', () => {
  it('greets before the session is ready and tells it the greeting as the agent’s own words', () => {
    const { begin, newest, frames } = session();
    begin();
    expect(frames()).toBe(7);
    expect(newest().sent).toEqual(['configure', 'add welcome to us']);
  });

  it('plays a filler, opens a new session that is asked again, then redirects, each once', () => {
    const { begin, becomesReady, asks, passes, frames, models, newest, did } = session();
    begin();
    becomesReady();
    passes(2000);
    const greeted = frames();
    asks('c1');
    passes(5500);
    expect(frames() - greeted).toBe(50);
    expect(models).toHaveLength(1);
    passes(2500);
    expect(models).toHaveLength(2);
    expect(newest().sent).toEqual(['configure', 'add welcome to us', 'add are you open', 'create']);
    becomesReady();
    expect(did).toEqual(['model 1 closed']);
    passes(20_000);
    expect(did).toEqual(['model 1 closed', 'redirect agent-silent']);
  });

  it('has its stream read by the clock, 25 times a second from its start to its end', () => {
    const { call, begin, passes, reads } = session();
    passes(1000);
    expect(reads()).toBe(0);
    begin();
    passes(10_000);
    expect(reads()).toBeGreaterThanOrEqual(250);
    expect(reads()).toBeLessThanOrEqual(252);
    call.closed();
    const before = reads();
    passes(1000);
    expect(reads()).toBe(before);
  });

  it('knows how long nobody has spoken, also when nobody has asked before', () => {
    const { call, begin, becomesReady, asks, passes } = session();
    begin();
    becomesReady();
    expect(call.pauseMs()).toBeNull();
    passes(3000);
    // The greeting takes one second, and its end shows in the next beat.
    expect(call.pauseMs()).toBeGreaterThanOrEqual(1500);
    expect(call.pauseMs()).toBeLessThanOrEqual(2000);
    asks('c1');
    expect(call.pauseMs()).toBeNull();
  });

  it('bridges a call that it takes up again at once, before anybody knows what was said in it', async () => {
    const { call, script, becomesReady, passes, frames, newest, told } = session({ generation: 2 });
    call.open();
    expect(frames()).toBeGreaterThan(0);
    await settled();
    expect(told('call.stream-started')).toHaveLength(1);
    expect(told('call.first-audio')).toMatchObject([{ source: 'phrase' }]);
    passes(1500);
    const bridged = frames();
    expect(bridged).toBe(50);
    call.begin(script, [{ role: 'caller', text: 'are you open' }]);
    expect(newest().sent).toEqual(['configure', 'add are you open', 'create']);
    becomesReady();
    passes(1000);
    expect(frames()).toBe(bridged);
  });

  it('tells the model keys behind what was said before them, though they were pressed before that was known', () => {
    const { call, script, newest, passes, told } = session({ generation: 2 });
    call.open();
    for (const key of '42#') call.dtmf(key);
    expect(newest().sent).toEqual([]);
    call.begin(script, [{ role: 'agent', text: 'press a key' }]);
    passes(250);
    expect(newest().sent).toEqual(['configure', 'add press a key', 'add [pressed the keys 42]', 'create']);
    expect(told('call.turn')).toMatchObject([{ speaker: 'caller', heard: '[pressed the keys 42]' }]);
  });

  it('has keys in its log though it ended before it was known what was said in the call', () => {
    const { call, told } = session({ generation: 2 });
    call.open();
    for (const key of '42#') call.dtmf(key);
    call.closed();
    expect(told('call.turn')).toMatchObject([{ speaker: 'caller', heard: '[pressed the keys 42]' }]);
  });

  it('does not redirect a caller who never says a word', () => {
    const { begin, becomesReady, passes, did, models } = session();
    begin();
    becomesReady();
    passes(120_000);
    expect(did).toEqual([]);
    expect(models).toHaveLength(1);
  });

  it('goes to the fallback when no session can be had', () => {
    const { begin, newest, did } = session();
    begin();
    newest().tell({ kind: 'closed', reason: 'handshake', isRetryable: false });
    expect(did).toContain('redirect agent-silent');
  });

  it('counts races that were lost, and tells of every other error in the call’s events', async () => {
    const { begin, newest, told, counted } = session();
    begin();
    newest().tell({ ...error, problem: 'nothing-to-cancel', recoverable: true });
    newest().tell({ ...error, problem: 'cut-refused', recoverable: true });
    newest().tell({ ...error, problem: 'busy', recoverable: true });
    expect(told('call.model-error')).toMatchObject([{ code: 'x', recoverable: true }]);
    expect(await counted('gateway_model_errors_absorbed_total')).toEqual([
      'gateway_model_errors_absorbed_total{problem="nothing-to-cancel"} 1',
      'gateway_model_errors_absorbed_total{problem="cut-refused"} 1',
    ]);
  });

  it('goes on in a new session with what was heard', () => {
    const { begin, becomesReady, asks, passes, newest, told } = session();
    begin();
    becomesReady();
    passes(2000);
    asks('c1');
    newest().tell({ kind: 'response-created', responseId: 'r1' });
    const place = { responseId: 'r1', itemId: 'i1' };
    newest().tell({ kind: 'agent-transcript', ...place, text: 'we are' });
    newest().tell({ kind: 'audio', ...place, mulaw: Buffer.alloc(8000, 1) });
    passes(250);
    newest().tell({ kind: 'closed', reason: 'network', isRetryable: true });
    expect(newest().sent.slice(0, 4)).toEqual([
      'configure',
      'add welcome to us',
      'add are you open',
      'add we are',
    ]);
    expect(newest().sent.at(-1)).toBe('create');
    passes(2000);
    expect(told('call.turn').map(({ heard }) => heard)).toEqual(['welcome to us', 'are you open', 'we are']);
  });

  it('ends once, closes the stream before the model, and tells why', async () => {
    const { call, begin, becomesReady, passes, did, told } = session();
    begin();
    becomesReady();
    passes(1000);
    call.stop();
    call.closed();
    await settled();
    expect(did).toEqual(['stream closed 1000', 'model 1 closed', 'over']);
    expect(told('call.ended')).toMatchObject([{ reason: 'caller-hung-up', figures: { framesDropped: 0 } }]);
  });

  it('uses the keys that a person can press, and counts what a flood brings beyond', async () => {
    const { call, begin, becomesReady, told, counted } = session();
    begin();
    becomesReady();
    for (let key = 0; key < 100; key++) call.dtmf('5');
    expect(told('call.dtmf')).toHaveLength(40);
    expect(await counted('gateway_refused_total')).toEqual([
      'gateway_refused_total{at="message",reason="too-many-keys"} 60',
    ]);
  });

  it('takes a stop for the end of the call only where the caller hung up', () => {
    const stopped = (before: (made: ReturnType<typeof session>) => void): string => {
      const made = session();
      made.begin();
      before(made);
      made.call.stop();
      return made.record.phase;
    };
    expect(stopped(() => undefined)).toBe('ended');
    expect(stopped(({ call }) => call.abandon())).toBe('live');
    expect(stopped(({ call }) => call.supersede())).toBe('live');
    expect(stopped(({ record }) => (record.isHandedOver = true))).toBe('live');
    expect(stopped(({ record }) => (record.session = session().call))).toBe('live');
  });

  it('knows a stream that broke from one that was redirected', async () => {
    const broken = session();
    broken.begin();
    broken.call.closed();
    const redirected = session();
    redirected.begin();
    redirected.record.phase = 'redirecting';
    redirected.call.stop();
    await settled();
    expect([broken, redirected].map(({ told }) => told('call.ended')[0]!.reason)).toEqual([
      'stream-lost',
      'redirected',
    ]);
  });
});
