const { default: Sequencer } = require('@jest/test-sequencer');

/** Files whose tests hold calls in real time, up to a minute each. */
const HOLDS_CALLS = /apps\/(media-gateway|outbound-dialer|frontdesk-e2e)\/|\.e2e\.test\.ts$/;

/** The slow files first, so that none is left to one worker at the end; jest itself goes by size where it knows no times. */
module.exports = class CallsFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => HOLDS_CALLS.test(b.path) - HOLDS_CALLS.test(a.path));
  }
};
