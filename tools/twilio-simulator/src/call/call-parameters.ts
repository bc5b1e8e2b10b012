import type { Call } from './call';

/** The parameters every request about a call carries. */
export const callParameters = (call: Call): Record<string, string> => ({
  AccountSid: call.accountSid,
  ApiVersion: '2010-04-01',
  CallSid: call.sid,
  CallStatus: call.status,
  Called: call.to,
  CalledCountry: countryOf(call.to),
  Caller: call.from,
  CallerCountry: countryOf(call.from),
  Direction: call.direction,
  From: call.from,
  FromCountry: countryOf(call.from),
  To: call.to,
  ToCountry: countryOf(call.to),
  ...(call.parentCallSid ? { ParentCallSid: call.parentCallSid } : {}),
  ...(call.direction === 'inbound' && call.status === 'ringing'
    ? { CallToken: `{"callSid":"${call.sid}"}` }
    : {}),
});

const countryOf = (number: string): string =>
  number.startsWith('+972') ? 'IL' : number.startsWith('+1') ? 'US' : number.startsWith('+44') ? 'GB' : '';
