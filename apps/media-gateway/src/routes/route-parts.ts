/** What routes need besides the gateway. */
export interface RouteParts {
  /** False while this replica drains or is full and no other is ready: a new call is answered by the fallback. */
  readonly mayConnect: () => Promise<boolean>;
  /** This replica drains. */
  readonly isLeaving: () => boolean;
  /** Told of the host each webhook was sent to. */
  readonly reachedAt: (host: string | undefined) => void;
}
