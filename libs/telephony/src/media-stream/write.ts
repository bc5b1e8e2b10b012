/**
 * The three messages Twilio accepts, by concatenation: media is sent 50 times a second and call. No field may be
 * added: Twilio answers an extra one with warning 31951. Stream SIDs and base64 need no escaping; a mark's name does.
 */

/** Mu-law as base64, without a header, of any length. */
export const mediaMessage = (streamSid: string, payloadBase64: string): string =>
  `{"event":"media","streamSid":"${streamSid}","media":{"payload":"${payloadBase64}"}}`;

/** Comes back with the same name when all audio sent before it has been played, or on `clear`. */
export const markMessage = (streamSid: string, name: string): string =>
  `{"event":"mark","streamSid":"${streamSid}","mark":{"name":${JSON.stringify(name)}}}`;

/** Empties Twilio's buffer and returns all pending marks at once. */
export const clearMessage = (streamSid: string): string => `{"event":"clear","streamSid":"${streamSid}"}`;
