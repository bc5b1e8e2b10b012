/** What routes need besides the gateway. */
export interface RouteParts {
  /** False while draining, or with MAX_CALLS calls: a new call is answered by the fallback. */
  readonly hasRoom: () => boolean;
}
