import { EventEmitter } from 'node:events';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { ManualClock } from '@frontdesk/runtime';
import { type RealtimeEvent, type RealtimeModel, type RealtimeSession } from '@frontdesk/speech';
import { StreamTokens, type StreamTokenClaims } from '@frontdesk/telephony';
import { type WebSocket } from 'ws';
import { GatewayEvents } from '../events';
import { StreamAcceptor } from './stream-acceptor';

const callSid = `CA${'0'.repeat(32)}`;
const tokens = new StreamTokens(['a-secret-of-32-characters-or-more']);

const start = (use: Pick<StreamTokenClaims, 'use'> = {}): string => {
  const token = tokens.sign(
    { callSid, businessId: null, carrier: 'twilio', generation: 1, iss: 'http://10.0.0.1:3001', ...use },
    60_000,
  );
  return JSON.stringify({
    event: 'start',
    start: {
      streamSid: `MZ${'0'.repeat(32)}`,
      callSid,
      accountSid: `AC${'0'.repeat(32)}`,
      customParameters: { token },
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    },
  });
};

describe('StreamAcceptor', () => {
  it('tells the call of a model that was lost before the stream started', () => {
    let tellModel: (event: RealtimeEvent) => void = () => undefined;
    const model = {
      open: (onEvent: typeof tellModel) => {
        tellModel = onEvent;
        return { close: () => undefined } as RealtimeSession;
      },
    } as RealtimeModel;
    const lost: string[] = [];
    const acceptor = new StreamAcceptor({
      tokens,
      model,
      clock: new ManualClock(),
      events: new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false })),
      onAccepted: ({ tell }) =>
        tell(
          { event: () => undefined, reopened: () => undefined, lost: (reason) => lost.push(reason) },
          () => [],
        ),
    });
    const socket = Object.assign(new EventEmitter(), { close: () => undefined });
    acceptor.accept(socket as unknown as WebSocket);
    tellModel({ kind: 'closed', reason: 'handshake', isRetryable: false });
    expect(lost).toEqual([]);
    socket.emit('message', Buffer.from(start()), false);
    expect(lost).toEqual(['handshake']);
  });

  it('opens no stream by the long-lived token of a fallback’s URL', () => {
    const accepted = jest.fn();
    const acceptor = new StreamAcceptor({
      tokens,
      model: { open: () => ({ close: () => undefined }) as RealtimeSession } as unknown as RealtimeModel,
      clock: new ManualClock(),
      events: new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false })),
      onAccepted: accepted,
    });
    const close = jest.fn();
    const socket = Object.assign(new EventEmitter(), { close, terminate: () => undefined });
    acceptor.accept(socket as unknown as WebSocket);
    socket.emit('message', Buffer.from(start({ use: 'fallback' })), false);
    socket.emit('close', 1008);
    expect(accepted).not.toHaveBeenCalled();
    expect(close).toHaveBeenCalledWith(1008);
  });
});
