import { type Clock } from '@frontdesk/runtime';
import { type RealtimeModel } from '@frontdesk/speech';
import { ModelLink, type ModelLinkListener } from '../model/model-link';

type History = ConstructorParameters<typeof ModelLink>[2];

/** A link to the model that is opened before anybody knows whose call it is. */
export interface EarlyModel {
  readonly link: ModelLink;
  /** Who the link tells from now on. */
  readonly tell: (listener: ModelLinkListener, history: History) => void;
}

export const openEarlyModel = (model: RealtimeModel, clock: Clock): EarlyModel => {
  let listener: ModelLinkListener | null = null;
  let history: History = () => [];
  let lostReason: string | null = null;
  const link = new ModelLink(
    model,
    {
      event: (event) => listener?.event(event),
      reopened: (reason, attempt) => listener?.reopened(reason, attempt),
      lost: (reason) => {
        lostReason = reason;
        listener?.lost(reason);
      },
    },
    () => history(),
    clock,
  );
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
