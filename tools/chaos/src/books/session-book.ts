import { type OpenAiSim, type SessionBook, type SessionEvent } from '@frontdesk/test-harness';

/** Sessions with a text in their instructions or items, in the order in which they were opened. */
export const sessionsWith = async (openAi: OpenAiSim, text: string): Promise<SessionBook[]> =>
  (await openAi.sessions(text)).sort((one, other) => one.openedAtMs - other.openedAtMs);

export const sent = ({ events }: SessionBook, type: string): SessionEvent[] =>
  events.filter((event) => event.direction === 'server' && event.type === type);

/** When a session took its settings: from then on it hears the caller. */
export const readyAt = (session: SessionBook): number | null =>
  sent(session, 'session.updated')[0]?.atMs ?? null;

/** The turns of the caller that a session took as ended, oldest first. */
export const turnEnds = (session: SessionBook): number[] =>
  sent(session, 'input_audio_buffer.committed').map(({ atMs }) => atMs);

/** Everything the model believes was said. */
export const memoryOf = ({ items }: SessionBook): string =>
  items
    .filter(({ deleted }) => !deleted)
    .map(({ text }) => text)
    .join(' | ');
