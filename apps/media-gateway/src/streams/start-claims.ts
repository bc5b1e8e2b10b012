import { type MediaStreamStart, StreamTokenError, type StreamTokenClaims } from '@frontdesk/telephony';
import { StreamRefusal } from './refusals';

/**
 * What the token in a stream's `start` allows (SE1). Throws a {@link StreamRefusal}. Whether the token was used before, and
 * whether the call is still to be had, is known to the registry.
 */
export const claimsOf = (
  start: MediaStreamStart,
  verify: (token: string) => StreamTokenClaims,
): StreamTokenClaims => {
  const { token, call_sid: callSid, business_id: businessId } = start.customParameters;
  if (!token) throw new StreamRefusal('no-token');
  const claims = verified(token, verify);
  if (claims.use) throw new StreamRefusal('token-of-fallback');
  if (claims.callSid !== start.callSid || (callSid !== undefined && callSid !== start.callSid))
    throw new StreamRefusal('token-of-another-call');
  if (businessId !== undefined && businessId !== (claims.businessId ?? ''))
    throw new StreamRefusal('token-of-another-business');
  const { encoding, sampleRate, channels } = start.mediaFormat;
  if (encoding !== 'audio/x-mulaw' || sampleRate !== 8000 || channels !== 1)
    throw new StreamRefusal('media-format', `${encoding.slice(0, 40)} ${sampleRate} Hz`);
  return claims;
};

const verified = (token: string, verify: (token: string) => StreamTokenClaims): StreamTokenClaims => {
  try {
    return verify(token);
  } catch (error) {
    if (!(error instanceof StreamTokenError)) throw error;
    throw new StreamRefusal(error.reason === 'expired' ? 'token-expired' : 'token-invalid');
  }
};
