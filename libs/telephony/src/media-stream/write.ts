/**
 * The three messages Twilio accepts, written out: media is sent 50 times a second and call. No field may be
 * added: Twilio answers an extra one with warning 31951. Stream SIDs and base64 need no escaping; a mark's name does.
 */

const MEDIA_TAIL = Buffer.from('"}}');

/** What stands before and behind the base64 of the mu-law, of any length and without a header, in a media message. */
export const mediaMessageParts = (streamSid: string): { readonly head: Buffer; readonly tail: Buffer } => ({
  head: Buffer.from(`{"event":"media","streamSid":"${streamSid}","media":{"payload":"`),
  tail: MEDIA_TAIL,
});

/** Comes back with the same name when all audio sent before it has been played, or on `clear`. */
export const markMessage = (streamSid: string, name: string): string =>
  `{"event":"mark","streamSid":"${streamSid}","mark":{"name":${JSON.stringify(name)}}}`;

/** Empties Twilio's buffer and returns all pending marks at once. */
export const clearMessage = (streamSid: string): string => `{"event":"clear","streamSid":"${streamSid}"}`;
