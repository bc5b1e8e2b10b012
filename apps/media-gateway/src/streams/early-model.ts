import { type Clock } from '@frontdesk/runtime';
import { type RealtimeModel } from '@frontdesk/speech';
import { ModelLink, type ModelLinkListener, type ModelLinkOptions } from '../model/model-link';

type History = ModelLinkOptions['history'];

/** A link to the model that is opened before anybody knows whose call it is. */
export interface EarlyModel {
  readonly link: ModelLink;
  /** Who the link tells from now on. */
  readonly tell: (listener: ModelLinkListener, history: History) => void;
}

export const openEarlyModel = (model: RealtimeModel, clock: Clock, sessionMaxMs: number): EarlyModel => {
  let listener: ModelLinkListener | null = null;
  let history: History = () => [];
  let lostReason: string | null = null;
  const link = new ModelLink({
    model,
    clock,
    sessionMaxMs,
    history: () => history(),
    listener: {
      event: (event) => listener?.event(event),
      reopened: (reopening) => listener?.reopened(reopening),
      lost: (reason) => {
        lostReason = reason;
        listener?.lost(reason);
      },
    },
  });
  return {
    link,
    tell: (to, from) => {
      listener = to;
      history = from;
      // A provider that refuses at once does so before `start` is here: the call must hear of it all the same.
      if (lostReason !== null) to.lost(lostReason);
    },
  };
};
