import { type OperatorClients, type ScriptStep } from '@frontdesk/test-harness';
import { exactly, sameWords, told, type Figure } from '@frontdesk/run-report';
import { type DemoBusiness } from './business';
import { gatherEvidence, type CallEvidence } from './evidence';
import { freshNumber } from './numbers';
import { words, wordsOf } from './words';

const CALL_TIMEOUT_MS = 60_000;
const MESSAGE = 'please call me back about my appointment tomorrow morning';

/** (c) A call whose media stream never opens: redirected within the call, a message left, recorded and transcribed. */
export const runFallback = async (
  clients: OperatorClients,
  business: DemoBusiness,
  options: { folder: string; say: (line: string) => void },
): Promise<CallEvidence> => {
  const title = 'Call without a stream';
  const from = freshNumber();
  options.say(`${title}: ${from} rings ${business.number}, and the stream will not open`);
  const script: ScriptStep[] = [
    // Silence until the watchdog has redirected the call and the prompt has been spoken.
    { waitForSilenceMs: 700, timeoutMs: 40_000 },
    { say: MESSAGE },
    { pauseMs: 1500 },
    { hangUp: true },
  ];
  const callSid = await clients.twilio.ring({
    from,
    to: business.number,
    script,
    faults: [{ name: 'stream-never-opens' }],
  });
  await clients.twilio.callOver(callSid, CALL_TIMEOUT_MS);
  options.say(`${title}: message left, waiting for its transcript`);
  const evidence = await gatherEvidence(clients, {
    title,
    callSid,
    saidFirst: undefined,
    folder: options.folder,
    fileName: 'call-without-stream',
  });
  options.say(`${title}: transcribed`);
  return evidence;
};

export const fallbackFigures = ({ book, transcript, recorded, call }: CallEvidence): Figure[] => {
  const redirects = book.events.filter(({ type, url }) => type === 'rest-update' && url);
  const [rung] = book.events;
  const redirectedAtMs = redirects[0]?.atMs;
  return [
    exactly('no stream: redirected within the call', 'times', redirects.length, 1),
    told(
      'no stream: caller waited for the prompt',
      'ms',
      redirectedAtMs === undefined || !rung ? null : redirectedAtMs - rung.atMs,
    ),
    exactly(
      'no stream: messages recorded',
      '',
      call.recordings.filter(({ kind }) => kind === 'message').length,
      1,
    ),
    sameWords(
      'no stream: message transcribed against the recording',
      words(transcript.text),
      wordsOf(recorded, 'caller'),
    ),
    sameWords('no stream: message transcribed against what was said', words(transcript.text), words(MESSAGE)),
  ];
};
