import { ManualClock } from '@frontdesk/runtime';
import { type RealtimeEvent, type RealtimeModel, type RealtimeSession } from '@frontdesk/speech';
import { ModelLink } from './model-link';

/** A provider whose sessions are this test's to end. */
const linked = () => {
  const time = new ManualClock();
  const log: string[] = [];
  const sessions: ((event: RealtimeEvent) => void)[] = [];
  const model = {
    open: (onEvent: (event: RealtimeEvent) => void) => {
      const name = sessions.push(onEvent);
      return {
        configure: () => log.push(`${name} configured`),
        addItem: ({ text }: { text: string }) => log.push(`${name} ${text}`),
        appendAudio: (audio: string) => log.push(`${name} audio ${audio}`),
        close: () => undefined,
      } as unknown as RealtimeSession;
    },
  } as RealtimeModel;
  const link = new ModelLink(
    model,
    {
      event: ({ kind }) => log.push(kind),
      reopened: (reason, attempt) => log.push(`reopened ${reason} ${attempt}`),
      lost: (reason) => log.push(`lost ${reason}`),
    },
    () => [{ role: 'caller', text: 'said before' }],
    time,
  );
  const breaks = (isRetryable = true): void =>
    sessions.at(-1)!({ kind: 'closed', reason: 'network', isRetryable });
  const becomesReady = (): void => sessions.at(-1)!({ kind: 'ready', sessionId: null, expiresAtMs: null });
  link.configure({ instructions: '', voice: '', locale: '', tools: [] });
  log.length = 0;
  return { time, log, link, breaks, becomesReady, opened: () => sessions.length };
};

describe('ModelLink', () => {
  it('replaces a lost session at once, with the settings and the conversation so far', () => {
    const { log, breaks } = linked();
    breaks();
    expect(log).toEqual(['2 configured', '2 said before', 'reopened network 1']);
  });

  it('waits longer before each further session, and gives it what the caller said meanwhile', () => {
    const { time, log, link, breaks, opened } = linked();
    breaks();
    breaks();
    log.length = 0;
    link.appendAudio('a');
    time.advance(249);
    expect(opened()).toBe(2);
    time.advance(1);
    link.appendAudio('b');
    expect(log).toEqual(['3 configured', '3 said before', '3 audio a', 'reopened network 2', '3 audio b']);
  });

  it('gives up after four sessions in a row that did not become ready', () => {
    const { time, log, breaks, opened } = linked();
    for (let session = 0; session < 4; session++) {
      breaks();
      time.advance(500);
    }
    expect(opened()).toBe(4);
    expect(log.filter((entry) => entry.startsWith('lost'))).toEqual(['lost network']);
  });

  it('counts anew once a session was ready', () => {
    const { time, log, breaks, becomesReady } = linked();
    for (let session = 0; session < 6; session++) {
      breaks();
      becomesReady();
    }
    time.advance(5000);
    expect(log.some((entry) => entry.startsWith('lost'))).toBe(false);
  });

  it('gives up at once where trying again cannot help', () => {
    const { log, breaks, opened } = linked();
    breaks(false);
    expect(opened()).toBe(1);
    expect(log).toEqual(['lost network']);
  });

  it('opens nothing more after it was closed', () => {
    const { time, link, breaks, opened } = linked();
    breaks();
    breaks();
    link.close();
    time.advance(5000);
    expect(opened()).toBe(2);
  });
});
