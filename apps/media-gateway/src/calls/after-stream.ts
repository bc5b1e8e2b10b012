import { type CallPhase } from '@frontdesk/contracts';

/** A call is taken up again so often after streams that broke; then it is handed to the fallback. */
export const MAX_RESUMES = 3;

/** What one replica knows of a call. */
export interface StreamKnowledge {
  readonly generation: number;
  readonly phase: CallPhase;
  readonly fallbackFetched: boolean;
  readonly handedOver: boolean;
}

/** The stream that ended, by the token in the URL of its action; null where that does not hold. */
export interface EndedStream {
  readonly generation: number;
  readonly resumes: number;
}

export type AfterStream =
  /** Something else has the call, or it is over: whatever is answered is not carried out. */
  | { readonly then: 'hang-up' }
  /** A redirect is on its way: wait for it, then go to the fallback. */
  | { readonly then: 'hold' }
  /** The call was taken up already: the same answer again, and nothing is armed. */
  | { readonly then: 'repeat'; readonly generation: number; readonly resumes: number }
  | { readonly then: 'resume'; readonly generation: number; readonly resumes: number }
  | { readonly then: 'fall-back'; readonly reason: 'stream-error' | 'resume-failed' };

/**
 * What becomes of a call whose `<Connect>` is over (IN5), by what this replica and its peers know, in this order:
 *
 * 1. Somebody redirects it to the fallback. Fetched already → hang up. Not yet → hold: should the redirect fail after all,
 *    the caller is not cut off.
 * 2. Somebody ends it, has transferred it or knows that it is over → hang up. What is known of an earlier stream does not
 *    count: a call that came back from a transfer is live again.
 * 3. A newer stream than the ended one was asked for → this is a repeated request: the same answer.
 * 4. Everybody who knows the call still waits for this stream's start → it could not be opened: the fallback.
 * 5. It broke. Nobody knowing the call counts as that too: the replica that had it is gone. Taken up again as the next
 *    generation; after {@link MAX_RESUMES} breaks, the fallback. A stream that a replica closed to hand it over is no break.
 */
export const afterStream = (ended: EndedStream | null, known: readonly StreamKnowledge[]): AfterStream => {
  const newest = Math.max(1, ...known.map(({ generation }) => generation));
  const generation = ended?.generation ?? newest;
  const resumes = ended?.resumes ?? generation - 1;
  const redirecting = known.filter(({ phase }) => phase === 'redirecting');
  if (redirecting.length > 0)
    return redirecting.some(({ fallbackFetched }) => fallbackFetched)
      ? { then: 'hang-up' }
      : { then: 'hold' };
  const current = known.filter((knowledge) => knowledge.generation >= generation);
  if (current.some(({ phase }) => isOver(phase))) return { then: 'hang-up' };
  if (newest > generation) return { then: 'repeat', generation: newest, resumes: resumes + 1 };
  const isOpen = current.length === 0 || current.some(({ phase }) => phase === 'live');
  if (!isOpen) return { then: 'fall-back', reason: generation > 1 ? 'resume-failed' : 'stream-error' };
  if (current.some(({ handedOver }) => handedOver))
    return { then: 'resume', generation: generation + 1, resumes };
  if (resumes >= MAX_RESUMES) return { then: 'fall-back', reason: 'resume-failed' };
  return { then: 'resume', generation: generation + 1, resumes: resumes + 1 };
};

const isOver = (phase: CallPhase): boolean =>
  phase === 'ending' || phase === 'transferring' || phase === 'ended';
