/**
 * Twilio's messages to the server, byte for byte in its key order (Media Streams: WebSocket messages). Numbers of
 * sequence, chunk and timestamp are strings. Concatenated, not serialised: a call sends fifty of them a second.
 */
export const connectedMessage = (): string => '{"event":"connected","protocol":"Call","version":"1.0.0"}';

export const startMessage = (o: {
  sequenceNumber: number;
  streamSid: string;
  accountSid: string;
  callSid: string;
  customParameters: Readonly<Record<string, string>>;
}): string =>
  JSON.stringify({
    event: 'start',
    sequenceNumber: String(o.sequenceNumber),
    start: {
      streamSid: o.streamSid,
      accountSid: o.accountSid,
      callSid: o.callSid,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: o.customParameters,
    },
    streamSid: o.streamSid,
  });

export const mediaMessage = (o: {
  sequenceNumber: number;
  chunk: number;
  timestampMs: number;
  payload: string;
  streamSid: string;
}): string =>
  `{"event":"media","sequenceNumber":"${o.sequenceNumber}","media":{"track":"inbound","chunk":"${o.chunk}",` +
  `"timestamp":"${o.timestampMs}","payload":"${o.payload}"},"streamSid":"${o.streamSid}"}`;

export const dtmfMessage = (sequenceNumber: number, streamSid: string, digit: string): string =>
  JSON.stringify({
    event: 'dtmf',
    sequenceNumber: String(sequenceNumber),
    streamSid,
    dtmf: { track: 'inbound_track', digit },
  });

export const markMessage = (sequenceNumber: number, streamSid: string, name: string): string =>
  JSON.stringify({ event: 'mark', sequenceNumber: String(sequenceNumber), streamSid, mark: { name } });

export const stopMessage = (
  sequenceNumber: number,
  streamSid: string,
  accountSid: string,
  callSid: string,
): string =>
  JSON.stringify({
    event: 'stop',
    sequenceNumber: String(sequenceNumber),
    streamSid,
    stop: { accountSid, callSid },
  });
