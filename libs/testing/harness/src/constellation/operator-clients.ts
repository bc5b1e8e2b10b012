import { type ServiceName } from '@frontdesk/contracts';
import { ServiceClient } from '@frontdesk/http';
import { OpenAiSim } from '../simulators/openai-sim';
import { TwilioSim } from '../simulators/twilio-sim';
import { type Constellation } from './constellation';

/** Typed clients of everything in a constellation that has an API. */
export class OperatorClients implements AsyncDisposable {
  readonly greeting: ServiceClient;
  readonly recording: ServiceClient;
  readonly dialer: ServiceClient;
  readonly gateway: ServiceClient;
  readonly twilio: TwilioSim;
  readonly openAi: OpenAiSim;

  constructor(constellation: Constellation) {
    const client = (audience: Exclude<ServiceName, 'console'>): ServiceClient =>
      new ServiceClient({
        baseUrl: constellation.url(audience),
        audience,
        subject: 'operator',
        secrets: [constellation.settings.secrets.internalApiToken],
        timeoutMs: 15_000,
      });
    this.greeting = client('greeting-service');
    this.recording = client('recording-service');
    this.dialer = client('outbound-dialer');
    this.gateway = client('media-gateway');
    this.twilio = new TwilioSim(constellation.url('twilio-simulator'));
    this.openAi = new OpenAiSim(constellation.url('openai-simulator'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [this.greeting, this.recording, this.dialer, this.gateway].map((client) =>
        client[Symbol.asyncDispose](),
      ),
    );
  }
}
