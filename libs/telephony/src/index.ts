export * from './media-stream/messages';
export { MediaStreamDecoder } from './media-stream/decoder';
export * from './media-stream/write';
export { type Prompt, type SayPrompt } from './twiml/prompt';
export * from './twiml/connect-stream';
export * from './twiml/verbs';
export { webhookGuard, type SignatureOptions, type SignedRequest } from './signature/webhook-guard';
export { isSignedUpgrade, type UpgradeOptions } from './signature/signed-upgrade';
export * from './public-url';
export * from './stream-tokens';
export * from './rest/twilio-accounts';
export * from './rest/twilio-calls';
export {
  type TwilioCall,
  type TwilioCallStatus,
  type TwilioRecording,
  type TwilioRecordingStatus,
} from './rest/resources';
export { type TwilioAccountOptions } from './rest/sdk-twilio-calls';
export * from './rest/twilio-rest-error';
export * from './e164';
export * from './settings';
