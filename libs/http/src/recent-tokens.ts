import { hash } from 'node:crypto';
import { type ServiceTokenClaims } from '@frontdesk/contracts';

/** So long a token that was found valid counts as valid without being looked at: no longer than clocks may differ. */
const TRUSTED_MS = 5000;
/** A service sends one token for half a minute; past this many there is something odd, and all begin anew. */
const MAX_TOKENS = 1000;

/**
 * Tokens verified a moment ago. Verifying one costs more than the rest of a small request, and a gateway sends the same
 * one a thousand times a second. Kept by their digest, so that a look-up says nothing about how much of a guess was right.
 */
export class RecentTokens {
  private readonly known = new Map<string, { claims: ServiceTokenClaims; untilMs: number }>();

  constructor(
    private readonly verify: (token: string) => ServiceTokenClaims,
    private readonly now: () => number = Date.now,
  ) {}

  /** The claims of a valid token; throws as `verify` does. What is refused is never remembered. */
  claimsOf(token: string): ServiceTokenClaims {
    const digest = hash('sha256', token, 'base64');
    const known = this.known.get(digest);
    if (known && known.untilMs > this.now()) return known.claims;
    this.known.delete(digest);
    const claims = this.verify(token);
    if (this.known.size >= MAX_TOKENS) this.known.clear();
    this.known.set(digest, { claims, untilMs: this.now() + TRUSTED_MS });
    return claims;
  }
}
