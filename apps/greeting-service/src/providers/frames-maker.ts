import { type MakeFrames } from '../cache/claimed-synthesis';
import { type Provenance } from '../cache/frames';
import { type GreetingEvents } from '../events';
import { PIPELINE_VERSION, synthesizeFrames } from '../pipeline/synthesize-frames';
import { type SpeechProvider } from './provider';

/** The pipeline over one provider, telling what it cost. */
export const framesMaker = ({ synthesizer }: SpeechProvider, events: GreetingEvents): MakeFrames => {
  const { provider, model } = synthesizer;
  return async (request, signal) => {
    const startedAt = performance.now();
    try {
      const mulaw = await synthesizeFrames(synthesizer, { ...request, signal });
      events.synthesized(request, {
        provider,
        model,
        voice: request.voice,
        ms: performance.now() - startedAt,
      });
      return mulaw;
    } catch (error) {
      events.synthesisFailed(request, provider, error);
      throw error;
    }
  };
};

/** What makes frames of this process count as current. */
export const provenanceOf = ({ synthesizer: { provider, model } }: SpeechProvider): Provenance => ({
  provider,
  model,
  pipelineVersion: PIPELINE_VERSION,
});
