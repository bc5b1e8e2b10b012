import { type CallPhase } from '@frontdesk/contracts';

/** What a peer answers about a call whose stream did not start in time. */
export interface PeerWatch {
  readonly url: string;
  readonly generation: number;
  readonly phase: CallPhase;
}

/**
 * Whether this replica is the one that redirects a call whose start watch ran out. Not when a peer has seen the stream
 * start, or has the call otherwise. When the same webhook was fetched from two replicas both watch: the first by address
 * acts.
 * @param wasTakenUp the watched stream follows one that broke: a peer that ended or transferred the call and could not
 *   answer then is right, though it knows an earlier generation only
 */
export const actsOnMissingStart = (
  watched: { readonly generation: number; readonly url: string; readonly wasTakenUp: boolean },
  answers: readonly PeerWatch[],
): boolean =>
  !answers.some(({ generation, phase, url }) => {
    if (phase === 'ringing') return generation >= watched.generation && url < watched.url;
    if (generation >= watched.generation) return true;
    return watched.wasTakenUp && phase !== 'live';
  });
