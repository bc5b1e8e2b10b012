/** Names of what this library logs; nowhere else are they written. */
export const httpEvents = {
  /** A request came: method, path. */
  request: 'REQ',
  /** Its answer left: method, path, status, ms. */
  response: 'RES',
  listening: 'LISTENING',
  credentialsRefused: 'CREDENTIALS_REFUSED',
  handlerFailed: 'HANDLER_FAILED',
  /** A request could not be answered because something the service needs is away. */
  dependencyAway: 'DEPENDENCY_AWAY',
  /** A handler's answer did not fit its contract. */
  answerInvalid: 'ANSWER_INVALID',
  drained: 'HTTP_DRAINED',
  /** Something that a stopping service held could not be released: name, error. */
  releaseFailed: 'RELEASE_FAILED',
} as const;
