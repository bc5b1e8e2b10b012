import { ownerOf } from './routes';

it.each([
  ['/webhook/incoming_call', 'media-gateway'],
  ['/webhook/stream_ended?x=1', 'media-gateway'],
  ['/ws/twilio-media', 'media-gateway'],
  ['/ws/twilio-media/', 'media-gateway'],
  ['/audio/greeting.wav?signature=1', 'media-gateway'],
  ['/webhook/handle_recording', 'recording-service'],
  ['/webhook/handle_recording?kind=message', 'recording-service'],
  ['/webhook/recording_status', 'recording-service'],
  ['/webhook/dial/0199/status', 'outbound-dialer'],
])('%s belongs to %s', (path, owner) => expect(ownerOf(path)).toBe(owner));

it.each(['/', '/api/calls', '/internal/streams/CA1', '/metrics', '/healthz', '/webhooks/x', '/?/ws/x'])(
  '%s is closed to the outside',
  (path) => expect(ownerOf(path)).toBeUndefined(),
);
