import { type ServiceName, serviceTokenClaimsSchema, type ServiceTokenClaims } from '@frontdesk/contracts';
import { sign, verify } from 'jsonwebtoken';

/** How long a token between services is valid, in seconds. */
export const SERVICE_TOKEN_SECONDS = 60;
/** Clocks of two machines may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;

export class ServiceTokenError extends Error {
  constructor(readonly reason: 'invalid' | 'expired' | 'audience') {
    super(`service token refused: ${reason}`);
    this.name = 'ServiceTokenError';
  }
}

/** A short-lived HS256 bearer token; the first secret signs. */
export const mintServiceToken = (
  claims: ServiceTokenClaims,
  secrets: readonly string[],
  ttlSeconds = SERVICE_TOKEN_SECONDS,
): string => {
  const [secret] = secrets;
  if (!secret) throw new Error('no secret to sign a service token with');
  return sign(claims, secret, { algorithm: 'HS256', expiresIn: ttlSeconds });
};

/** The claims of a token that one of the secrets signed for this audience and that has not expired; else throws. */
export const verifyServiceToken = (
  token: string,
  { secrets, audience }: { secrets: readonly string[]; audience: ServiceName },
): ServiceTokenClaims => {
  let reason: ServiceTokenError['reason'] = 'invalid';
  for (const secret of secrets) {
    try {
      // jsonwebtoken compares signatures in constant time; the algorithm is pinned, so "none" and RS256 are refused.
      const payload = verify(token, secret, {
        algorithms: ['HS256'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      const claims = serviceTokenClaimsSchema.safeParse(payload);
      if (!claims.success || typeof payload === 'string' || payload.exp === undefined) break;
      if (claims.data.aud !== audience) throw new ServiceTokenError('audience');
      return claims.data;
    } catch (error) {
      if (error instanceof ServiceTokenError) throw error;
      if ((error as Error).name === 'TokenExpiredError') reason = 'expired';
    }
  }
  throw new ServiceTokenError(reason);
};

/** Mints tokens for one audience and uses each until half its time is spent. */
export class ServiceTokenSource {
  private token = '';
  private renewAtMs = 0;

  constructor(
    private readonly claims: ServiceTokenClaims,
    private readonly secrets: readonly string[],
    private readonly now: () => number = Date.now,
  ) {}

  get(): string {
    if (this.now() >= this.renewAtMs) {
      this.token = mintServiceToken(this.claims, this.secrets);
      this.renewAtMs = this.now() + (SERVICE_TOKEN_SECONDS * 1000) / 2;
    }
    return this.token;
  }
}
