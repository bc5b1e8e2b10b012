import { randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

/** What a stream's token says: which call may use it, for which generation of its stream, and who watches its start. */
export interface StreamTokenClaims {
  readonly callSid: string;
  readonly businessId: string | null;
  readonly carrier: 'twilio' | 'demo';
  /** 1 for the call's first stream, one more for each resume. */
  readonly generation: number;
  /** Names this token; the issuer marks it used. */
  readonly jti: string;
  /** Internal address of the replica that issued it. */
  readonly iss: string;
  /** The dialer's attempt, of an outbound call. */
  readonly attemptId?: string;
  /** How often the call was taken up again after a stream that broke; 0 when left out. */
  readonly resumes?: number;
  /** When the call began, seconds since the epoch; the longest call counts from here. */
  readonly startedAt?: number;
  /** How the transfer ended that the call comes back from: the agent is to know. */
  readonly transfer?: string;
  /** Set where the token opens no stream: it only tells a webhook which call it is about, whoever gets it. */
  readonly use?: 'fallback' | 'call';
  /** Seconds since the epoch. */
  readonly exp: number;
}

/** A token that may not open a stream. */
export class StreamTokenError extends Error {
  constructor(readonly reason: 'expired' | 'invalid') {
    super(`the stream token is ${reason}`);
    this.name = 'StreamTokenError';
  }
}

/** A `<Parameter>`'s name and value stay under 500 characters together; this leaves room for a name. */
const MAX_TOKEN_LENGTH = 480;

/** One letter a claim on the wire: with long pod names the whole would not fit a `<Parameter>`. */
const wireSchema = z.object({
  c: z.string().regex(/^CA[0-9a-f]{32}$/i),
  b: z.string().nullable().default(null),
  k: z.enum(['twilio', 'demo']),
  g: z.int().min(1),
  a: z.string().optional(),
  r: z.int().min(0).max(1000).optional(),
  s: z.int().optional(),
  t: z.string().optional(),
  u: z.enum(['fallback', 'call']).optional(),
  jti: z.string().min(1),
  iss: z.string().min(1),
  exp: z.int(),
});

/**
 * Signs and verifies the tokens that travel through TwiML to `start` (HS256). The first secret signs, all verify.
 * Whether a token was used before is known to its issuer only.
 */
export class StreamTokens {
  constructor(
    private readonly secrets: readonly string[],
    private readonly now: () => number = Date.now,
  ) {
    if (secrets.length === 0) throw new RangeError('stream tokens need at least one secret');
  }

  sign(claims: Omit<StreamTokenClaims, 'exp' | 'jti'> & { readonly jti?: string }, ttlMs: number): string {
    const token = jwt.sign(
      {
        c: claims.callSid,
        ...(claims.businessId !== null && { b: claims.businessId }),
        k: claims.carrier,
        g: claims.generation,
        ...(claims.attemptId && { a: claims.attemptId }),
        ...(claims.resumes && { r: claims.resumes }),
        ...(claims.startedAt && { s: claims.startedAt }),
        ...(claims.transfer && { t: claims.transfer }),
        ...(claims.use && { u: claims.use }),
        jti: claims.jti ?? randomBytes(12).toString('base64url'),
        iss: claims.iss,
        exp: Math.ceil((this.now() + ttlMs) / 1000),
      },
      this.secrets[0]!,
      { algorithm: 'HS256', noTimestamp: true },
    );
    // The others travel in URLs, which take more.
    if (!claims.use && token.length > MAX_TOKEN_LENGTH)
      throw new RangeError(
        `a stream token has ${token.length} characters, at most ${MAX_TOKEN_LENGTH} fit: the internal URL is too long`,
      );
    return token;
  }

  /** The claims of a token that holds; throws {@link StreamTokenError} otherwise. */
  verify(token: string): StreamTokenClaims {
    const { c, b, k, g, a, r, s, t, u, ...rest } = this.open(token);
    const optional = {
      ...(a && { attemptId: a }),
      ...(r && { resumes: r }),
      ...(s && { startedAt: s }),
      ...(t && { transfer: t }),
      ...(u && { use: u }),
    };
    return { callSid: c, businessId: b, carrier: k, generation: g, ...optional, ...rest };
  }

  private open(token: string): z.infer<typeof wireSchema> {
    const clockTimestamp = Math.floor(this.now() / 1000);
    let reason: StreamTokenError['reason'] = 'invalid';
    for (const secret of this.secrets) {
      try {
        return wireSchema.parse(jwt.verify(token, secret, { algorithms: ['HS256'], clockTimestamp }));
      } catch (error) {
        if (error instanceof jwt.TokenExpiredError) reason = 'expired';
      }
    }
    throw new StreamTokenError(reason);
  }
}
