import { type MediaStreamStart, type StreamTokenClaims, type StreamTokens } from '@frontdesk/telephony';
import { type Clock, type FrameSocket } from '@frontdesk/runtime';
import { type RealtimeModel } from '@frontdesk/speech';
import { type WebSocket } from 'ws';
import { type GatewayEvents } from '../events';
import { type EarlyModel, openEarlyModel } from './early-model';
import { MediaStream } from './media-stream';
import { claimsOf } from './start-claims';
import { StreamOpening } from './stream-opening';

/**
 * Sockets that wait for their `start` with a model session already open; beyond, it is opened at the start. The upgrade's
 * signature is the same for every stream, so one that was overheard must not open sessions without end.
 */
export const MAX_EARLY_MODELS = 64;

/** A stream that may carry its call. */
export interface AcceptedStream extends EarlyModel {
  readonly stream: MediaStream;
  readonly start: MediaStreamStart;
  readonly claims: StreamTokenClaims;
}

export interface StreamAcceptorOptions {
  readonly tokens: StreamTokens;
  readonly model: RealtimeModel;
  /** [MODEL_SESSION_MAX_MS] */
  readonly modelSessionMaxMs: number;
  readonly clock: Clock;
  readonly events: GatewayEvents;
  /** Takes the call over, or throws a `StreamRefusal`. */
  readonly onAccepted: (accepted: AcceptedStream) => void;
}

/**
 * From the upgrade to an accepted `start`: the model session is opened at once, the token is checked when it comes. A
 * stream that does not start in time, or with a wrong token, is closed with its model session.
 */
export class StreamAcceptor {
  /** Sockets that were upgraded and have not started. */
  waiting = 0;

  constructor(private readonly options: StreamAcceptorOptions) {}

  /** @param connection what the WebSocket stands on */
  accept(socket: WebSocket, connection: FrameSocket): void {
    const { model, clock, events, tokens, modelSessionMaxMs } = this.options;
    const open = (): EarlyModel => openEarlyModel(model, clock, modelSessionMaxMs);
    let early = this.waiting < MAX_EARLY_MODELS ? open() : null;
    const stream = new MediaStream(socket, connection, events, () => clock.monotonicMs());
    this.waiting += 1;
    new StreamOpening({
      stream,
      clock,
      events,
      onStart: (start) => {
        const claims = claimsOf(start, (token) => tokens.verify(token));
        early ??= open();
        this.options.onAccepted({ ...early, stream, start, claims });
      },
      onSettled: (isRefused) => {
        this.waiting -= 1;
        if (isRefused) early?.link.close();
      },
    });
  }
}
