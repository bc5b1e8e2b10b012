import { type RealtimeEvent, type RealtimeModel, type RealtimeSession, type RealtimeTool } from '../src';

/** A provider that a contract test can steer; a real one or something that stands for it. */
export interface SteeredProvider {
  /** With short time-outs: less than a second for each step. */
  readonly model: RealtimeModel;
  /** A caller's words as mu-law; the provider answers them with `you said: WORDS`. */
  speech(words: string): Buffer;
  /** Words that make the model call this tool. */
  readonly toolWords: string;
  readonly tool: RealtimeTool;
  /** What the next session, and only that, shall suffer. */
  next(fault: NextFault): Promise<void>;
}

export type NextFault =
  | 'is-refused-for-good'
  | 'is-refused-for-now'
  | 'says-nothing'
  | 'is-cut'
  | 'expires'
  | 'tells-unknown-things';

/** A session and everything it told. */
class Listening {
  readonly events: RealtimeEvent[] = [];
  readonly session: RealtimeSession;
  private waiters: (() => void)[] = [];
  throws = false;

  constructor(model: RealtimeModel, tools: readonly RealtimeTool[] = []) {
    this.session = model.open((event) => {
      this.events.push(event);
      for (const wake of this.waiters.splice(0)) wake();
      if (this.throws) throw new Error('a listener that fails');
    });
    this.session.configure({ instructions: 'Be brief.', voice: 'marin', locale: 'en-US', tools });
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  /** The event of that kind, or the next one. `after`: not one of the first so many events. */
  async next<K extends RealtimeEvent['kind']>(
    kind: K,
    after = 0,
  ): Promise<Extract<RealtimeEvent, { kind: K }>> {
    for (;;) {
      const found = this.events.slice(after).find((event) => event.kind === kind);
      if (found) return found as Extract<RealtimeEvent, { kind: K }>;
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    }
  }

  says(mulaw: Buffer): void {
    const silence = Buffer.alloc(8000, 0xff);
    for (const part of [mulaw, silence]) this.session.appendAudio(part);
  }

  transcript(responseId: string): string {
    return this.events
      .filter((event) => event.kind === 'agent-transcript' && event.responseId === responseId)
      .map((event) => (event.kind === 'agent-transcript' ? event.text : ''))
      .join('')
      .trim();
  }
}

/** What every adapter of the realtime port must do, whatever the provider. */
export const describeRealtimeModel = (name: string, start: () => Promise<SteeredProvider>): void => {
  describe(`${name}, as a RealtimeModel`, () => {
    let provider: SteeredProvider;
    const opened: Listening[] = [];
    const open = (tools?: readonly RealtimeTool[]): Listening => {
      const listening = new Listening(provider.model, tools);
      opened.push(listening);
      return listening;
    };
    beforeAll(async () => {
      provider = await start();
    });
    afterEach(() => {
      for (const { session } of opened.splice(0)) session.close();
    });

    it('keeps commands that come before it is ready and carries them out in order', async () => {
      const call = open();
      expect(call.session.isReady).toBe(false);
      call.session.addItem({ id: 'past-1', role: 'caller', text: 'my name is Ann' });
      call.session.createResponse();
      const { responseId } = await call.next('response-done');
      expect(call.kinds()[0]).toBe('ready');
      expect(call.session.isReady).toBe(true);
      expect(call.transcript(responseId)).toBe('you said: my name is Ann');
    });

    it('tells of a turn of the caller in order, answers nothing by itself, and gives the words later', async () => {
      const call = open();
      call.says(provider.speech('what time is it'));
      const { text, itemId, status } = await call.next('caller-transcript');
      const turn = call.events.filter(({ kind }) => /^(speech|turn)-/.test(kind));
      expect(turn.map(({ kind }) => kind)).toEqual(['speech-started', 'speech-stopped', 'turn-committed']);
      expect(turn.map((event) => 'itemId' in event && event.itemId)).toEqual([itemId, itemId, itemId]);
      expect([text, status]).toEqual(['what time is it', 'final']);
      expect(call.kinds().some((kind) => kind.startsWith('response'))).toBe(false);
      const started = turn.find((event) => event.kind === 'speech-started');
      const stopped = turn.find((event) => event.kind === 'speech-stopped');
      expect(started?.audioStartMs).toBeLessThan(stopped?.audioEndMs ?? 0);
    });

    it('tells a response from its creation to its end, and nothing of it afterwards', async () => {
      const call = open();
      call.session.createResponse({ instructions: 'Say exactly: one two three' });
      const { responseId, status } = await call.next('response-done');
      const own = call.events.filter((event) => 'responseId' in event && event.responseId === responseId);
      expect([own[0]?.kind, own.at(-1)?.kind, own.at(-2)?.kind]).toEqual([
        'response-created',
        'response-done',
        'item-done',
      ]);
      expect(status).toBe('completed');
      expect(call.transcript(responseId)).toBe('one two three');
      const bytes = own.reduce((sum, event) => sum + (event.kind === 'audio' ? event.mulaw.length : 0), 0);
      expect(bytes).toBeGreaterThan(8 * 300);
    });

    it('cancels one response, tells its end, and knows a cancel that came too late', async () => {
      const call = open();
      call.session.createResponse({ instructions: `Say exactly: ${'word '.repeat(60)}` });
      const { responseId } = await call.next('audio');
      call.session.cancelResponse(responseId);
      expect(await call.next('response-done')).toMatchObject({ responseId, status: 'cancelled' });
      const eventId = call.session.cancelResponse(responseId);
      expect(await call.next('error')).toMatchObject({
        problem: 'nothing-to-cancel',
        command: 'cancel',
        recoverable: true,
        eventId,
      });
      expect(call.kinds().filter((kind) => kind === 'response-done')).toHaveLength(1);
    });

    it('refuses a second response while one is under way, by the command it was', async () => {
      const call = open();
      call.session.createResponse({ instructions: 'Say exactly: one two three' });
      const eventId = call.session.createResponse();
      expect(await call.next('error')).toMatchObject({
        problem: 'response-active',
        command: 'create',
        recoverable: true,
        eventId,
      });
      expect(await call.next('response-done')).toMatchObject({ status: 'completed' });
    });

    it('truncates and deletes items, and goes on when it cannot', async () => {
      const call = open();
      call.session.createResponse({ instructions: 'Say exactly: one two three' });
      const { itemId } = await call.next('item-done');
      await call.next('response-done');
      call.session.truncateItem(itemId, 200.9);
      expect(await call.next('truncated')).toEqual({ kind: 'truncated', itemId, audioEndMs: 200 });
      const beyond = call.session.truncateItem(itemId, 60_000);
      expect(await call.next('error')).toMatchObject({ problem: 'cut-refused', eventId: beyond });
      const seen = call.events.length;
      call.session.deleteItem(itemId);
      expect(await call.next('deleted')).toEqual({ kind: 'deleted', itemId });
      const gone = call.session.deleteItem(itemId);
      expect(await call.next('error', seen)).toMatchObject({ problem: 'cut-refused', eventId: gone });
      expect(call.session.isReady).toBe(true);
    });

    it('takes what a caller said as audio for a turn of the conversation', async () => {
      const call = open();
      const audio = provider.speech('are you open');
      call.session.addItem({ id: 'past-1', role: 'caller', text: '', audio });
      call.session.createResponse();
      const { responseId } = await call.next('response-done');
      expect(call.transcript(responseId)).toBe('you said: are you open');
      expect(call.kinds().some((kind) => kind.startsWith('speech'))).toBe(false);
    });

    it('asks for a tool once its arguments are whole, and goes on with the answer', async () => {
      const call = open([provider.tool]);
      call.session.addItem({ id: 'past-1', role: 'caller', text: provider.toolWords });
      call.session.createResponse();
      const { callId, name, argumentsJson } = await call.next('tool-call');
      expect(name).toBe(provider.tool.name);
      expect(typeof JSON.parse(argumentsJson)).toBe('object');
      await call.next('response-done');
      const seen = call.events.length;
      call.session.sendToolOutput(callId, '{"ok":true}');
      call.session.createResponse();
      expect(await call.next('response-done', seen)).toMatchObject({ status: 'completed' });
      expect(call.kinds()).not.toContain('error');
    });

    it('closes once when asked, and then neither tells nor does anything', async () => {
      const call = open();
      await call.next('ready');
      call.session.close();
      call.session.close();
      call.session.createResponse();
      call.session.appendAudio(Buffer.alloc(320, 0xff));
      expect(call.events.at(-1)).toEqual({ kind: 'closed', reason: 'asked', isRetryable: false });
      expect(call.kinds().filter((kind) => kind === 'closed')).toHaveLength(1);
      expect(call.session.isReady).toBe(false);
    });

    it('survives a listener that throws', async () => {
      const call = open();
      call.throws = true;
      call.session.createResponse({ instructions: 'Say exactly: one' });
      expect(await call.next('response-done')).toMatchObject({ status: 'completed' });
    });

    it.each<[NextFault, string, boolean]>([
      ['is-refused-for-good', 'denied', false],
      ['is-refused-for-now', 'unavailable', true],
      ['says-nothing', 'unavailable', true],
    ])('a session that %s is %s, and closes', async (fault, problem, isRetryable) => {
      await provider.next(fault);
      const call = open();
      expect(await call.next('closed')).toMatchObject({ isRetryable });
      expect(call.events.map((event) => (event.kind === 'error' ? event.problem : event.kind))).toEqual([
        problem,
        'closed',
      ]);
    });

    it('tells of the loss of a session once, and that another may do better', async () => {
      await provider.next('is-cut');
      const call = open();
      expect(await call.next('closed')).toMatchObject({ isRetryable: true });
      expect(call.kinds().filter((kind) => kind === 'closed')).toHaveLength(1);
      expect(call.kinds().at(-1)).toBe('closed');
    });

    it('says when a session will expire, and that it has', async () => {
      await provider.next('expires');
      const call = open();
      const { expiresAtMs } = await call.next('ready');
      expect(Math.abs((expiresAtMs ?? 0) - Date.now())).toBeLessThan(10_000);
      expect(await call.next('closed')).toEqual({ kind: 'closed', reason: 'expired', isRetryable: true });
      expect(call.events.at(-2)).toMatchObject({ kind: 'error', problem: 'expired', recoverable: false });
    });

    it('goes on when the provider tells things that it does not know', async () => {
      await provider.next('tells-unknown-things');
      const call = open();
      call.session.createResponse({ instructions: 'Say exactly: one' });
      expect(await call.next('response-done')).toMatchObject({ status: 'completed' });
      expect(call.kinds()).not.toContain('error');
    });
  });
};
