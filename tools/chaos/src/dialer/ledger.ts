import { type Contact } from '@frontdesk/contracts';
import { exactly, type Figure, told } from '@frontdesk/run-report';
import { type PlannedContact } from './planned-contacts';

/** One request to the simulated Twilio, as its own log has it. */
export interface RestEntry {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string | string[]>>;
  /** null: never answered. */
  readonly status: number | null;
  readonly answer: { sid?: string } | null;
}

interface PlacedCall {
  readonly to: string;
  readonly attemptId: string;
  /** null: placed, and the answer never came. */
  readonly callSid: string | null;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** The calls that Twilio placed: asked for, and not refused. */
export const placedCalls = (requests: readonly RestEntry[]): PlacedCall[] =>
  requests
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/Calls.json'))
    .filter(({ status }) => status === null || status === 201)
    .map(({ params, answer }) => ({
      to: String(params.To),
      attemptId: UUID.exec(String(params.StatusCallback))?.[0] ?? '',
      callSid: answer?.sid ?? null,
    }));

/** Twilio's book of placed calls against the dialer's contacts and counters: each attempt once, none missing. */
export const ledgerFigures = (
  planned: readonly PlannedContact[],
  requests: readonly RestEntry[],
  contacts: readonly Contact[],
  counters: Readonly<Partial<Record<string, number>>>,
): Figure[] => {
  const placed = placedCalls(requests);
  const timesPlaced = countBy(placed, ({ attemptId }) => attemptId);
  const callsTo = countBy(placed, ({ to }) => to);
  const attempts = contacts.flatMap((contact) => contact.attempts);
  const attemptById = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  const contactOf = new Map(contacts.map((contact) => [contact.number, contact]));
  const count = <T>(list: readonly T[], holds: (one: T) => boolean): number => list.filter(holds).length;
  const outcomes = countBy(contacts, ({ outcome }) => outcome ?? 'none');
  const kinds = new Set([...outcomes.keys(), ...Object.keys(counters)]);
  return [
    exactly(
      'attempts placed twice',
      'attempts',
      count([...timesPlaced.values()], (times) => times > 1),
      0,
    ),
    exactly(
      'calls placed that the dialer does not know',
      'calls',
      count(placed, ({ attemptId }) => !attemptById.has(attemptId)),
      0,
    ),
    exactly(
      'calls placed that the dialer has under another SID',
      'calls',
      count(
        placed,
        ({ attemptId, callSid }) => callSid !== null && attemptById.get(attemptId)?.callSid !== callSid,
      ),
      0,
    ),
    exactly(
      'attempts with a call that was never placed',
      'attempts',
      count(attempts, ({ id, callSid }) => callSid !== null && !timesPlaced.has(id)),
      0,
    ),
    exactly(
      'contacts called as often as was due',
      'contacts',
      count(planned, ({ number, calls }) => (callsTo.get(number) ?? 0) === calls),
      planned.length,
    ),
    exactly(
      'contacts with the outcome they had',
      'contacts',
      count(planned, ({ number, outcome }) => contactOf.get(number)?.outcome === outcome),
      planned.length,
    ),
    exactly(
      'counters that differ from the book',
      '',
      count([...kinds], (kind) => (outcomes.get(kind) ?? 0) !== (counters[kind] ?? 0)),
      0,
    ),
    told('calls placed', 'calls', placed.length),
    told(
      'calls whose answer was lost',
      'calls',
      count(placed, ({ callSid }) => callSid === null),
    ),
  ];
};

const countBy = <T>(list: readonly T[], key: (one: T) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const one of list) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
  return counts;
};
