import type { TwimlElement } from './parse';

/** Attributes and children Twilio's schema allows, for the verbs known here. */
const schema: Readonly<Record<string, { attributes: readonly string[]; children: readonly string[] }>> = {
  Connect: { attributes: ['action', 'method'], children: ['Stream'] },
  Stream: {
    attributes: ['url', 'name', 'track', 'connectorName', 'statusCallback', 'statusCallbackMethod'],
    children: ['Parameter'],
  },
  Parameter: { attributes: ['name', 'value'], children: [] },
  Play: { attributes: ['loop', 'digits'], children: [] },
  Say: {
    attributes: ['voice', 'loop', 'language'],
    children: ['break', 'prosody', 'say-as', 'lang', 'p', 's'],
  },
  Pause: { attributes: ['length'], children: [] },
  Hangup: { attributes: [], children: ['Parameter'] },
  Reject: { attributes: ['reason'], children: ['Parameter'] },
  Redirect: { attributes: ['method'], children: [] },
  Record: {
    attributes: [
      'action',
      'method',
      'timeout',
      'finishOnKey',
      'maxLength',
      'playBeep',
      'trim',
      'recordingStatusCallback',
      'recordingStatusCallbackMethod',
      'recordingStatusCallbackEvent',
      'transcribe',
      'transcribeCallback',
      'recordingConfigurationId',
    ],
    children: [],
  },
  Dial: {
    attributes: [
      'action',
      'method',
      'timeout',
      'hangupOnStar',
      'timeLimit',
      'callerId',
      'record',
      'trim',
      'recordingStatusCallback',
      'recordingStatusCallbackMethod',
      'recordingStatusCallbackEvent',
      'recordingTrack',
      'answerOnBridge',
      'ringTone',
      'sequential',
      'referUrl',
      'referMethod',
      'events',
      'recordingConfigurationId',
    ],
    children: ['Number'],
  },
  Number: {
    attributes: [
      'sendDigits',
      'url',
      'method',
      'statusCallbackEvent',
      'statusCallback',
      'statusCallbackMethod',
      'byoc',
      'machineDetection',
      'machineDetectionTimeout',
      'amdStatusCallback',
      'amdStatusCallbackMethod',
    ],
    children: [],
  },
  Gather: {
    attributes: [
      'input',
      'action',
      'method',
      'timeout',
      'speechTimeout',
      'maxSpeechTime',
      'finishOnKey',
      'numDigits',
      'partialResultCallback',
      'partialResultCallbackMethod',
      'language',
      'hints',
      'bargeIn',
      'profanityFilter',
      'actionOnEmptyResult',
      'dtmfDetection',
      'speechModel',
      'enhanced',
    ],
    children: ['Say', 'Play', 'Pause'],
  },
};

const VERBS = ['Connect', 'Play', 'Say', 'Pause', 'Hangup', 'Reject', 'Redirect', 'Record', 'Dial', 'Gather'];

/** What Twilio's schema validation warns of (12200): unknown verbs, attributes and children. */
export const schemaWarnings = (verbs: readonly TwimlElement[]): string[] =>
  verbs.flatMap((verb) =>
    VERBS.includes(verb.name) ? warningsOf(verb) : [`<${verb.name}> is not allowed in <Response>`],
  );

const warningsOf = (element: TwimlElement): string[] => {
  const rule = schema[element.name];
  if (!rule) return [];
  const attributes = Object.keys(element.attributes)
    .filter((name) => !rule.attributes.includes(name))
    .map((name) => `attribute "${name}" is not allowed in <${element.name}>`);
  const children = element.children.flatMap((child) =>
    rule.children.includes(child.name)
      ? warningsOf(child)
      : [`<${child.name}> is not allowed in <${element.name}>`],
  );
  return [...attributes, ...children];
};
