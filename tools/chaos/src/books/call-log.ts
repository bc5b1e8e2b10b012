import { type Call, getCall, listCallTurns, type Turn } from '@frontdesk/contracts';
import { exactly, type Figure } from '@frontdesk/run-report';
import { type CallBook, eventually, type OperatorClients } from '@frontdesk/test-harness';

/** A call as Twilio's book has it, and what its caller said and was answered. */
export interface LoggedCall {
  readonly book: CallBook;
  readonly saidByCaller: readonly string[];
}

const BALANCED_TIMEOUT_MS = 60_000;

interface LogEntry {
  readonly call: Call;
  readonly turns: readonly Turn[];
}

/** What the call log has of calls that are over, against Twilio's book: a row, every turn, the end, the recording. */
export const balancedBooks = async (
  clients: OperatorClients,
  calls: readonly LoggedCall[],
): Promise<Figure[]> => {
  const entries = await Promise.all(calls.map((call) => entryOf(clients, call)));
  const rows = entries.filter((entry) => entry !== null);
  const turns = calls.reduce((sum, { saidByCaller }) => sum + saidByCaller.length, 0);
  const kept = calls.reduce((sum, call, index) => sum + callerTurnsKept(call, entries[index] ?? null), 0);
  const repeated = rows.reduce((sum, { turns: logged }) => sum + repeatedTurns(logged), 0);
  return [
    exactly('rows in the call log', 'calls', rows.length, calls.length),
    exactly(
      'ends in the call log',
      'calls',
      rows.filter(({ call }) => call.endedAt !== null).length,
      calls.length,
    ),
    exactly('turns of callers in the call log', 'turns', kept, turns),
    exactly('turns there twice', 'turns', repeated, 0),
    exactly('recordings', 'calls', rows.filter(hasOneRecording).length, calls.length),
  ];
};

/** Waits until a call's entry is whole; what there is of it when that takes too long, null for none at all. */
const entryOf = async ({ recording }: OperatorClients, call: LoggedCall): Promise<LogEntry | null> => {
  const params = { sid: call.book.callSid };
  const read = async (): Promise<LogEntry> => {
    const [row, { turns }] = await Promise.all([
      recording.call(getCall, { params }),
      recording.call(listCallTurns, { params }),
    ]);
    return { call: row, turns };
  };
  return eventually(async () => {
    const entry = await read();
    const isWhole =
      entry.call.endedAt !== null &&
      callerTurnsKept(call, entry) === call.saidByCaller.length &&
      hasOneRecording(entry);
    if (!isWhole) throw new Error(`the entry of ${params.sid} is not whole yet`);
    return entry;
  }, BALANCED_TIMEOUT_MS).catch(() => read().catch(() => null));
};

/** Turns of the caller that are in the log word for word. */
const callerTurnsKept = ({ saidByCaller }: LoggedCall, entry: LogEntry | null): number => {
  const logged = new Set(
    entry?.turns.filter(({ speaker }) => speaker === 'caller').map(({ said }) => said) ?? [],
  );
  return saidByCaller.filter((said) => logged.has(said)).length;
};

const repeatedTurns = (turns: readonly Turn[]): number =>
  turns.length - new Set(turns.map(({ speaker, said, itemId }) => `${speaker} ${itemId} ${said}`)).size;

const hasOneRecording = ({ call }: LogEntry): boolean =>
  call.recordings.filter(({ kind, status }) => kind === 'conversation' && status === 'completed').length ===
  1;
