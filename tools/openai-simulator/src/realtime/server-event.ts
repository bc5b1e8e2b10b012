import { type RealtimeServerEvent } from 'openai/resources/realtime/realtime';

type WithoutId<T> = T extends unknown ? Omit<T, 'event_id'> : never;

/** A server event before it gets its id, in the vendor's own types: what compiles here is a shape the SDK knows. */
export type ServerEvent = WithoutId<RealtimeServerEvent>;
