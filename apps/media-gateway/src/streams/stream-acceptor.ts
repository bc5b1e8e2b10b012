import {
  type MediaStreamStart,
  StreamTokenError,
  type StreamTokenClaims,
  type StreamTokens,
} from '@frontdesk/telephony';
import { type Clock } from '@frontdesk/runtime';
import { type RealtimeModel } from '@frontdesk/speech';
import { type WebSocket } from 'ws';
import { MediaStream } from './media-stream';
import { type GatewayEvents } from '../events';
import { ModelLink, type ModelLinkListener } from '../model/model-link';

/** From the upgrade to `start`; Twilio sends it at once. */
const START_WITHIN_MS = 5000;
/** What a socket is closed with that may not carry a call (policy violation). */
const REFUSED = 1008;

/** A stream that may carry its call. */
export interface AcceptedStream {
  readonly stream: MediaStream;
  readonly start: MediaStreamStart;
  readonly claims: StreamTokenClaims;
  readonly link: ModelLink;
  /** Who the link tells from now on. */
  readonly tell: (listener: ModelLinkListener, history: ModelLinkHistory) => void;
}

type ModelLinkHistory = ConstructorParameters<typeof ModelLink>[2];

export interface StreamAcceptorOptions {
  readonly tokens: StreamTokens;
  readonly model: RealtimeModel;
  readonly clock: Clock;
  readonly events: GatewayEvents;
  /** Takes the call over, or throws the reason for refusing it. */
  readonly onAccepted: (accepted: AcceptedStream) => void;
}

/** A stream that is refused, in words for the log. */
export class StreamRefusal extends Error {}

/**
 * From the upgrade to an accepted `start`: the model session is opened at once, the token is checked when it comes. A
 * stream that does not start in time, or with a wrong token, is closed with its model session.
 */
export class StreamAcceptor {
  constructor(private readonly options: StreamAcceptorOptions) {}

  accept(socket: WebSocket): void {
    const { model, clock, events } = this.options;
    let listener: ModelLinkListener | null = null;
    let history: ModelLinkHistory = () => [];
    let lostReason: string | null = null;
    const link = new ModelLink(
      model,
      {
        event: (event) => listener?.event(event),
        reopened: (reason, attempt) => listener?.reopened(reason, attempt),
        lost: (reason) => {
          lostReason = reason;
          listener?.lost(reason);
        },
      },
      () => history(),
      clock,
    );
    const stream = new MediaStream(socket, events, () => clock.monotonicMs());
    const refuse = (reason: string): void => {
      deadline.cancel();
      events.wsRefused(reason);
      link.close();
      stream.listener = null;
      stream.close(REFUSED);
    };
    const deadline = clock.setTimer(() => refuse('no start in time'), START_WITHIN_MS);
    const tell: AcceptedStream['tell'] = (to, from) => {
      listener = to;
      history = from;
      // A provider that refuses at once does so before `start` is here: the call must hear of it all the same.
      if (lostReason !== null) to.lost(lostReason);
    };
    stream.listener = {
      start: (start) => {
        try {
          const claims = this.claimsOf(start);
          deadline.cancel();
          this.options.onAccepted({ stream, start, claims, link, tell });
        } catch (error) {
          refuse(error instanceof Error ? error.message : String(error));
        }
      },
      closed: () => {
        deadline.cancel();
        link.close();
      },
      media: nothing,
      mark: nothing,
      dtmf: nothing,
      stop: nothing,
    };
  }

  private claimsOf(start: MediaStreamStart): StreamTokenClaims {
    const { token, call_sid: callSid } = start.customParameters;
    if (!token) throw new StreamRefusal('no token');
    const claims = this.verify(token);
    if (claims.use) throw new StreamRefusal(`token of the ${claims.use}`);
    if (claims.callSid !== start.callSid) throw new StreamRefusal('token of another call');
    if (callSid !== undefined && callSid !== start.callSid)
      throw new StreamRefusal('call_sid does not match');
    const { encoding, sampleRate } = start.mediaFormat;
    if (encoding !== 'audio/x-mulaw' || sampleRate !== 8000) throw new StreamRefusal('not 8 kHz mu-law');
    return claims;
  }

  private verify(token: string): StreamTokenClaims {
    try {
      return this.options.tokens.verify(token);
    } catch (error) {
      throw error instanceof StreamTokenError ? new StreamRefusal(`token ${error.reason}`) : error;
    }
  }
}

const nothing = (): void => undefined;
