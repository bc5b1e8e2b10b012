import { ownerOf } from './routes';

const config = { gatewayUrl: 'gateway', recordingUrl: 'recording', dialerUrl: 'dialer' };

it.each([
  ['/webhook/incoming_call', 'gateway'],
  ['/webhook/stream_ended?x=1', 'gateway'],
  ['/ws/twilio-media', 'gateway'],
  ['/ws/twilio-media/', 'gateway'],
  ['/audio/greeting.wav?signature=1', 'gateway'],
  ['/webhook/handle_recording', 'recording'],
  ['/webhook/handle_recording?kind=message', 'recording'],
  ['/webhook/recording_status', 'recording'],
  ['/webhook/dial/0199/status', 'dialer'],
])('%s belongs to %s', (path, owner) => expect(ownerOf(path, config)).toBe(owner));

it.each(['/', '/api/calls', '/internal/streams/CA1', '/metrics', '/healthz', '/webhooks/x', '/?/ws/x'])(
  '%s is closed to the outside',
  (path) => expect(ownerOf(path, config)).toBeUndefined(),
);
