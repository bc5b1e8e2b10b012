import { ManualClock } from '@frontdesk/runtime';
import { type RealtimeEvent, type RealtimeModel, type RealtimeSession } from '@frontdesk/speech';
import { type HistoryItem, ModelLink } from './model-link';

const MAX_MS = 3_300_000;
/** 40 ms of audio that is all one value. */
const audio = (value: number): Buffer => Buffer.alloc(320, value);
/** The values of audio, each for 40 ms. */
const valuesOf = (bytes: Uint8Array): number[] =>
  Array.from({ length: bytes.length / 320 }, (_, index) => bytes[index * 320]!);

/** A provider whose sessions are this test's to end. */
const linked = (history: readonly HistoryItem[] = [{ role: 'caller', text: 'said before' }]) => {
  const time = new ManualClock();
  const log: string[] = [];
  /** Of audio, to all sessions. */
  const messages: Uint8Array[] = [];
  const sessions: { tell: (event: RealtimeEvent) => void; isReady: boolean }[] = [];
  const model = {
    open: (tell: (event: RealtimeEvent) => void) => {
      const state = { tell, isReady: false };
      const name = sessions.push(state);
      return {
        get isReady() {
          return state.isReady;
        },
        configure: () => log.push(`${name} configured`),
        addItem: ({ text, audio: spoken }: { text: string; audio?: Buffer }) =>
          log.push(`${name} ${spoken ? `audio item ${spoken.length / 8} ms` : text}`),
        appendAudio: (mulaw: Uint8Array) => {
          messages.push(mulaw);
          for (const value of valuesOf(mulaw)) log.push(`${name} audio ${value}`);
        },
        close: () => log.push(`${name} closed`),
      } as unknown as RealtimeSession;
    },
  } as RealtimeModel;
  const link = new ModelLink({
    model,
    history: () => history,
    clock: time,
    sessionMaxMs: MAX_MS,
    listener: {
      event: ({ kind }) => log.push(kind),
      reopened: ({ reason, attempt, replayedMs, droppedMs }) =>
        log.push(`reopened ${reason} ${attempt} ${replayedMs}/${droppedMs}`),
      lost: (reason) => log.push(`lost ${reason}`),
    },
  });
  const tell = (event: RealtimeEvent, session = sessions.length): void => sessions[session - 1]!.tell(event);
  const breaks = (isRetryable = true): void => tell({ kind: 'closed', reason: 'network', isRetryable });
  const becomesReady = (expiresAtMs: number | null = null): void => {
    sessions.at(-1)!.isReady = true;
    tell({ kind: 'ready', sessionId: null, expiresAtMs });
  };
  /** The caller's line for a while, as one value. */
  const line = (ms: number, value: number): void => {
    for (let left = ms; left > 0; left -= 40) link.appendAudio(audio(value));
  };
  const turn = (itemId: string, startMs: number, endMs: number): void => {
    tell({ kind: 'speech-started', itemId, audioStartMs: startMs });
    tell({ kind: 'speech-stopped', itemId, audioEndMs: endMs });
    tell({ kind: 'turn-committed', itemId });
  };
  /** What a session was given of the caller's line: values and for how long each. */
  const heardBy = (session: number): string =>
    log
      .filter((entry) => entry.startsWith(`${session} audio `) && !entry.includes('item'))
      .map((entry) => entry.slice(`${session} audio `.length))
      .reduce<{ value: string; ms: number }[]>((runs, value) => {
        if (runs.at(-1)?.value === value) runs.at(-1)!.ms += 40;
        else runs.push({ value, ms: 40 });
        return runs;
      }, [])
      .map(({ value, ms }) => `${value}×${ms}`)
      .join(' ');
  link.configure({ instructions: '', voice: '', locale: '', tools: [] });
  log.length = 0;
  return {
    time,
    log,
    link,
    tell,
    breaks,
    becomesReady,
    line,
    turn,
    heardBy,
    messages,
    opened: () => sessions.length,
  };
};

describe('ModelLink', () => {
  it('replaces a lost session at once, with the settings and the conversation so far', () => {
    const { log, breaks } = linked();
    breaks();
    expect(log).toEqual(['1 closed', '2 configured', '2 said before', 'reopened network 1 0/0']);
  });

  it('waits longer before each further session, and gives it what the caller said meanwhile', () => {
    const { time, log, link, breaks, opened } = linked();
    breaks();
    breaks();
    log.length = 0;
    link.appendAudio(audio(7));
    time.advance(249);
    expect(opened()).toBe(2);
    time.advance(1);
    link.appendAudio(audio(8));
    expect(log).toEqual([
      '2 closed',
      '3 configured',
      '3 said before',
      '3 audio 7',
      'reopened network 2 40/0',
      '3 audio 8',
    ]);
  });

  it('gives up after seven sessions in a row that did not become ready, within 8 s of refusals', () => {
    const { time, log, breaks, opened } = linked();
    for (let session = 0; session < 7; session++) {
      breaks();
      time.advance(4000);
    }
    expect(opened()).toBe(7);
    expect(log.filter((entry) => entry.startsWith('lost'))).toEqual(['lost network']);
  });

  it('counts anew once a session was ready for 10 s', () => {
    const { time, log, breaks, becomesReady, opened } = linked();
    for (let session = 0; session < 9; session++) {
      breaks();
      becomesReady();
      time.advance(10_000);
    }
    expect(opened()).toBe(10);
    expect(log.some((entry) => entry.startsWith('lost'))).toBe(false);
  });

  it('waits longer before each further session that becomes ready and does not last, and gives up', () => {
    const { time, log, breaks, becomesReady, opened } = linked();
    becomesReady();
    breaks();
    becomesReady();
    time.advance(9999);
    breaks();
    expect(opened()).toBe(2);
    time.advance(250);
    expect(opened()).toBe(3);
    for (let session = 3; session < 7; session++) {
      becomesReady();
      breaks();
      time.advance(4000);
    }
    becomesReady();
    breaks();
    expect(log.at(-1)).toBe('lost network');
  });

  it('gives up at once where trying again cannot help', () => {
    const { log, breaks, opened } = linked();
    breaks(false);
    expect(opened()).toBe(1);
    expect(log.at(-1)).toBe('lost network');
  });

  it('opens nothing more after it was closed', () => {
    const { time, link, breaks, opened } = linked();
    breaks();
    breaks();
    link.close();
    time.advance(5000);
    expect(opened()).toBe(2);
  });

  it('gives a new session the turn that the caller is speaking, from its beginning, and then the line', () => {
    const { becomesReady, line, tell, breaks, heardBy } = linked();
    becomesReady();
    line(4000, 1);
    line(1000, 2);
    tell({ kind: 'speech-started', itemId: 'c1', audioStartMs: 4000 });
    line(400, 3);
    breaks();
    line(200, 4);
    expect(heardBy(2)).toBe('2×1000 3×400 4×200');
  });

  it('gives it a finished turn whose words did not come as audio, in its place, and not once more as line', () => {
    const history: HistoryItem[] = [
      { role: 'agent', text: 'welcome' },
      { role: 'caller', text: '', itemId: 'c1' },
      { role: 'agent', text: 'we are' },
    ];
    const { log, becomesReady, line, turn, breaks, heardBy } = linked(history);
    becomesReady();
    line(1000, 1);
    line(800, 2);
    turn('c1', 1000, 1800);
    line(200, 3);
    breaks();
    expect(log.filter((entry) => entry.startsWith('2 ')).slice(0, 4)).toEqual([
      '2 configured',
      '2 welcome',
      '2 audio item 800 ms',
      '2 we are',
    ]);
    expect(heardBy(2)).toBe('3×200');
  });

  it('gives it no audio of a turn whose words are known', () => {
    const history: HistoryItem[] = [{ role: 'caller', text: '', itemId: 'c1' }];
    const { log, becomesReady, line, turn, tell, breaks } = linked(history);
    becomesReady();
    line(1000, 1);
    turn('c1', 0, 1000);
    tell({ kind: 'caller-transcript', itemId: 'c1', text: 'hello', status: 'final' });
    breaks();
    expect(log.filter((entry) => entry.includes('audio item'))).toEqual([]);
    expect(log.some((entry) => entry.startsWith('2 audio'))).toBe(false);
  });

  it('keeps the line of a long gap through several sessions, 20 s of it, and counts the rest', () => {
    const { time, becomesReady, line, breaks, heardBy, log } = linked();
    becomesReady();
    breaks();
    breaks();
    line(15_000, 1);
    time.advance(250);
    breaks();
    line(8000, 2);
    time.advance(500);
    expect(heardBy(4)).toBe('1×12000 2×8000');
    expect(log.at(-1)).toBe('reopened network 3 20000/3000');
  });

  it('gives a long gap to the new session in messages of a second', () => {
    const { time, becomesReady, line, breaks, heardBy, messages } = linked();
    becomesReady();
    breaks();
    breaks();
    line(19_600, 1);
    messages.length = 0;
    time.advance(250);
    expect(messages).toHaveLength(20);
    expect(heardBy(3)).toBe('1×19600');
    line(40, 2);
    breaks();
    time.advance(500);
    expect(heardBy(4)).toBe('1×19600 2×40');
  });

  it('counts nothing as lost that a session heard: a long turn, or a gap that was replayed', () => {
    const { time, log, becomesReady, line, tell, breaks } = linked();
    // More than is kept, while the session is being made: it has it all.
    line(21_000, 1);
    becomesReady();
    tell({ kind: 'speech-started', itemId: 'c1', audioStartMs: 21_000 });
    line(30_000, 2);
    breaks();
    expect(log.at(-1)).toBe('reopened network 1 20000/0');
    // What has to go now is of the turn that was heard.
    line(1000, 3);
    breaks();
    time.advance(250);
    expect(log.at(-1)).toBe('reopened network 2 20000/0');
    line(19_000, 3);
    line(2000, 4);
    breaks();
    time.advance(500);
    expect(log.at(-1)).toBe('reopened network 3 20000/2000');
  });

  it('replays 5 s of line after a rest, because a dead connection is not noticed at once', () => {
    const { becomesReady, line, breaks, heardBy } = linked();
    becomesReady();
    line(60_000, 1);
    line(5000, 2);
    breaks();
    expect(heardBy(2)).toBe('2×5000');
  });
});

describe('ModelLink before the limit of a session', () => {
  it('opens the next beside it, and changes over once it is ready and nobody speaks', () => {
    const { time, log, link, becomesReady, opened, line, heardBy } = linked();
    becomesReady();
    time.advance(MAX_MS - 1);
    link.beat(true);
    expect(opened()).toBe(1);
    time.advance(1);
    link.beat(true);
    line(40, 1);
    link.beat(true);
    expect(log).toEqual(['ready', '2 configured', '1 audio 1']);
    becomesReady();
    link.beat(false);
    expect(log.at(-1)).toBe('1 audio 1');
    line(40, 2);
    link.beat(true);
    expect(log.slice(4)).toEqual([
      '1 closed',
      '2 said before',
      '2 audio 1',
      '2 audio 2',
      'reopened rotation 0 80/0',
    ]);
    line(40, 3);
    expect(heardBy(2)).toBe('1×40 2×40 3×40');
  });

  it('waits 3 min for a quiet moment, not longer', () => {
    const { time, log, link, becomesReady } = linked();
    becomesReady();
    time.advance(MAX_MS);
    link.beat(false);
    becomesReady();
    time.advance(179_999);
    link.beat(false);
    expect(log.some((entry) => entry.startsWith('reopened'))).toBe(false);
    time.advance(1);
    link.beat(false);
    expect(log.at(-1)).toBe('reopened rotation 0 0/0');
  });

  it('goes by the provider’s own limit where that comes first, 5 min or a tenth ahead', () => {
    const { time, link, becomesReady, opened } = linked();
    becomesReady(time.now() + 30 * 60_000);
    time.advance(27 * 60_000 - 1);
    link.beat(true);
    expect(opened()).toBe(1);
    time.advance(1);
    link.beat(true);
    expect(opened()).toBe(2);
  });

  it('lets the next one take over at once when the old one breaks or expires meanwhile', () => {
    const { time, log, link, tell, becomesReady, opened } = linked();
    becomesReady();
    time.advance(MAX_MS);
    link.beat(false);
    becomesReady();
    tell({ kind: 'closed', reason: 'expired', isRetryable: true }, 1);
    expect(opened()).toBe(2);
    expect(log.at(-1)).toBe('reopened expired 0 0/0');
  });

  it('tries the next one again after 30 s when it fails, and the call does not notice', () => {
    const { time, log, link, becomesReady, breaks, opened } = linked();
    becomesReady();
    time.advance(MAX_MS);
    link.beat(true);
    breaks();
    time.advance(29_999);
    link.beat(true);
    expect(opened()).toBe(2);
    time.advance(1);
    link.beat(true);
    expect(opened()).toBe(3);
    expect(log.filter((entry) => /reopened|lost/.test(entry))).toEqual([]);
  });
});
