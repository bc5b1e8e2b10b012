import { type MadeFrames, type MakeFrames, type Making } from '../cache/claimed-synthesis';
import { type FramesRequest, type Provenance } from '../cache/frames';
import { type GreetingEvents } from '../events';
import { NothingToSpeakError } from '../pipeline/synthesis-error';
import { PIPELINE_VERSION, synthesizeFrames } from '../pipeline/synthesize-frames';
import { resolveVoice } from '../voices/voices';
import { GuardedProvider, type BreakerState } from './guarded-provider';
import { type SpeechProvider } from './provider';

export interface ProviderState {
  readonly provider: string;
  readonly model: string;
  readonly state: BreakerState;
  readonly served: number;
  readonly failed: number;
}

/** The pipeline over the providers: the first is asked first, the next ones when it fails or is left alone. */
export class FramesMaker {
  private readonly guarded: readonly GuardedProvider[];

  /** @param voiceDefault for a provider that does not have a request's voice */
  constructor(
    private readonly providers: readonly SpeechProvider[],
    private readonly events: GreetingEvents,
    private readonly voiceDefault: string,
  ) {
    this.guarded = providers.map(
      (provider) =>
        new GuardedProvider(provider, (state) =>
          events.providerState(provider.synthesizer.provider, provider.synthesizer.model, state),
        ),
    );
  }

  /** What makes frames of this process count as current. */
  get provenance(): Provenance {
    return {
      providers: this.providers.map(({ synthesizer: { provider, model } }) => ({ provider, model })),
      pipelineVersion: PIPELINE_VERSION,
    };
  }

  get states(): ProviderState[] {
    return this.guarded.map(({ provider: { synthesizer }, state, served, failed }) => ({
      provider: synthesizer.provider,
      model: synthesizer.model,
      state,
      served,
      failed,
    }));
  }

  /** Throws what the last provider threw. */
  readonly make: MakeFrames = async (request, making) => {
    let failure: unknown;
    for (const guarded of this.guarded) {
      making.signal.throwIfAborted();
      try {
        return await this.makeWith(guarded, request, making);
      } catch (error) {
        if (error instanceof NothingToSpeakError || making.signal.aborted) throw error;
        failure = error;
      }
    }
    throw failure;
  };

  private async makeWith(
    guarded: GuardedProvider,
    request: FramesRequest,
    { signal, speech }: Making,
  ): Promise<MadeFrames> {
    const { synthesizer, voices } = guarded.provider;
    const { provider, model } = synthesizer;
    const startedAt = performance.now();
    const asked = { voice: request.voice, defaultVoice: this.voiceDefault, locale: request.locale };
    const { voice } = resolveVoice(voices, asked);
    try {
      const mulaw = await guarded.run(
        (bounded) => synthesizeFrames(synthesizer, { ...request, voice, signal: bounded }, speech),
        signal,
      );
      const ms = performance.now() - startedAt;
      this.events.synthesized(request, { provider, model, voice, ms });
      return { mulaw, provider, model };
    } catch (error) {
      this.events.synthesisFailed(request, provider, error);
      throw error;
    }
  }
}
