import type { Call } from '../call/call';

/** The book of a call, as tests read it. */
export const callView = (call: Call): Record<string, unknown> => ({
  ...callSummary(call),
  events: call.book.events,
  droppedEvents: call.book.droppedEvents,
  spurts: call.hearing.spurts,
  heardText: call.hearing.heardText,
  heardDigits: call.hearing.digits,
  said: call.script?.said ?? [],
  scriptFinished: call.script?.isFinished ?? false,
  media: mediaOf(call),
  streams: call.streams.map((stream) => stream.figures()),
  recordings: call.recordingSids,
  warnings: call.book.warnings,
});

export const callSummary = (call: Call): Record<string, unknown> => ({
  callSid: call.sid,
  parentCallSid: call.parentCallSid ?? null,
  direction: call.direction,
  from: call.from,
  to: call.to,
  status: call.status,
  createdAtMs: call.createdAtMs,
  answeredAtMs: call.answeredAtMs ?? null,
  endedAtMs: call.endedAtMs ?? null,
  durationS: call.durationS,
  heardText: call.hearing.heardText,
});

/** Figures of the last stream that carried anything; a call whose stream was resumed has more in `streams`. */
const mediaOf = (call: Call): Record<string, unknown> => {
  const figures = call.streams.map((stream) => stream.figures());
  return (
    figures.findLast((figure) => Number(figure['framesReceived']) > 0) ??
    figures.at(-1) ?? { framesReceived: 0, startToFirstMediaMs: null, underruns: 0, violations: [] }
  );
};
