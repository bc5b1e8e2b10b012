/** What routes need besides the gateway. */
export interface RouteParts {
  /** False while this replica drains or is full and no other is ready: a new call is answered by the fallback. */
  readonly mayConnect: () => Promise<boolean>;
  /** This replica drains. */
  readonly isLeaving: () => boolean;
}
