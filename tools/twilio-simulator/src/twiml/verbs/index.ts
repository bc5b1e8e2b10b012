import type { Verb } from '../outcome';
import { connect } from './connect';
import { play } from './play';
import { say } from './say';
import { hangup, pause, redirect, reject } from './simple';

/** Every verb that is interpreted, by its name as written. */
export const verbs: Readonly<Record<string, Verb>> = {
  Connect: connect,
  Hangup: hangup,
  Pause: pause,
  Play: play,
  Redirect: redirect,
  Reject: reject,
  Say: say,
};
