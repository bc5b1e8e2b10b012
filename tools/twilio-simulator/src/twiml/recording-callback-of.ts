import type { RecordingCallback } from '../recording/recording';
import { methodOf, resolveUrl, type VerbContext } from './outcome';

/** The `recordingStatusCallback…` attributes of `<Record>` and `<Dial>`. */
export const recordingCallbackOf = (context: VerbContext): RecordingCallback | undefined => {
  const { element } = context;
  const url = element.attributes['recordingStatusCallback'];
  if (!url) return undefined;
  return {
    url: resolveUrl(context, url),
    method: methodOf(element, 'recordingStatusCallbackMethod'),
    events: (element.attributes['recordingStatusCallbackEvent'] ?? 'completed').split(' '),
  };
};
