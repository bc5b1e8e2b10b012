import type { Verb } from '../outcome';
import { connect } from './connect';
import { dial } from './dial';
import { gather } from './gather';
import { play } from './play';
import { record } from './record';
import { say } from './say';
import { hangup, pause, redirect, reject } from './simple';

/** Every verb that is interpreted, by its name as written. */
export const verbs: Readonly<Record<string, Verb>> = {
  Connect: connect,
  Dial: dial,
  Gather: gather,
  Hangup: hangup,
  Pause: pause,
  Play: play,
  Record: record,
  Redirect: redirect,
  Reject: reject,
  Say: say,
};
