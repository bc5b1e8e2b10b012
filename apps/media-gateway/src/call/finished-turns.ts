import { type AgentSpeech } from './agent-speech';
import { type CallerTurn } from './caller-turns';
import { type FinishedTurn, type GreetingOutcome } from './conversation-port';

/** What became of the greeting. */
export const greetingOutcome = (speech: AgentSpeech): GreetingOutcome => {
  const { said, heard, saidMs, heardMs } = speech.words();
  return { totalMs: saidMs, heardMs, complete: !speech.isInterrupted, text: said, heardText: heard };
};

/** A speech of the agent's of which all is known; null when nothing of it ever came. */
export const agentTurn = (speech: AgentSpeech, nowMs: number): FinishedTurn | null => {
  const [first] = speech.items;
  if (!first) return null;
  const { said, heard, estimated } = speech.words();
  const endedAtMs = Math.round(speech.endedAtMs ?? nowMs);
  return {
    turn: speech.turn,
    itemId: first.itemId,
    speaker: 'agent',
    said,
    heard,
    estimated,
    interrupted: speech.isInterrupted || speech.isOverlong,
    startedAtMs: Math.round(speech.startedAtMs ?? endedAtMs),
    endedAtMs,
  };
};

/** A turn of the caller's with its words; they are heard as they are said. */
export const callerTurn = (
  { itemId, startedAtMs, endedAtMs }: CallerTurn,
  turn: number,
  text: string,
): FinishedTurn => ({
  turn,
  itemId,
  speaker: 'caller',
  said: text,
  heard: text,
  estimated: false,
  interrupted: false,
  startedAtMs,
  endedAtMs,
});
