import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, DisposalStack, systemClock } from '@frontdesk/runtime';
import { Journal } from './book/journal';
import { type CallEntry, CallStore } from './call/call-store';
import { CalleeBook } from './call/callees';
import { DialQueue } from './call/dial-queue';
import { NumberBook, type OwnedNumber } from './call/numbers';
import { defaultSettings } from './call/settings';
import type { World } from './placing/world';
import { MediaClock } from './clock/media-clock';
import type { SimulatorConfig } from './config';
import { controlRoutes } from './control/control-routes';
import { FaultRegistry } from './faults/fault-registry';
import { dispatch, type Route } from './http/router';
import type { Recording } from './recording/recording';
import { RecordingStore } from './recording/recording-store';
import { restRoutes, unknownResource } from './rest/rest-routes';
import { RestLog } from './rest/rest-log';
import { RouteTable } from './routing/route-table';
import { WebhookClient } from './webhooks/webhook-client';

/** Twilio Voice in one process: REST API, webhooks, TwiML, Media Streams and the people on the phone. */
export class TwilioSimulator implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly world: World,
    private readonly resources: DisposalStack,
  ) {}

  static async start(config: SimulatorConfig, clock: Clock = systemClock): Promise<TwilioSimulator> {
    const resources = new DisposalStack((name, error) => console.error(`releasing ${name}:`, error));
    const journal = new Journal(config.dataDir);
    resources.defer('journal', () => journal.close());
    let port = config.port;
    const world = createWorld(config, clock, journal, () => `http://${config.host}:${port}`);
    restore(world, journal);
    resources.defer('recordings', () => world.recordings.close());
    const restLog = new RestLog();
    const routes = [...controlRoutes(world, restLog), ...restRoutes(world, restLog)];
    const server = await listen(config, routes);
    port = (server.address() as AddressInfo).port;
    resources.defer('server', () => close(server));
    resources.defer('calls', () => {
      // Nobody is told: the services may be gone already.
      world.settings.connectActionOnHangup = false;
      for (const call of world.calls.calls()) call.end('completed', { silent: true });
      world.mediaClock.stop();
    });
    return new TwilioSimulator(port, world, resources);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.resources[Symbol.asyncDispose]();
  }
}

const createWorld = (
  config: SimulatorConfig,
  clock: Clock,
  journal: Journal,
  baseUrl: () => string,
): World => {
  const routes = new RouteTable(config.routes);
  const faults = new FaultRegistry();
  const world: World = {
    accountSid: config.accountSid,
    authToken: config.authToken,
    clock,
    mediaClock: new MediaClock(clock),
    routes,
    faults,
    webhooks: new WebhookClient({ authToken: config.authToken, routes, faults, clock }),
    settings: { ...defaultSettings, callsPerSecond: config.callsPerSecond, listLagMs: config.listLagMs },
    numbers: new NumberBook(journal),
    callees: new CalleeBook(),
    calls: new CallStore(clock, journal),
    dialQueue: new DialQueue(clock, () => world.settings.callsPerSecond),
    programs: new Map(),
    recordings: new RecordingStore(() => world, journal),
    recordingParameters: (callSid) => world.recordings.callParameters(callSid),
    journal,
    baseUrl,
  };
  return world;
};

/** Takes up what an earlier run knew. */
const restore = (world: World, journal: Journal): void => {
  for (const { kind, value } of journal.load()) {
    if (kind === 'number') world.numbers.restore(value as OwnedNumber);
    else if (kind === 'call') world.calls.restore(value as CallEntry & { sid: string });
    else world.recordings.restore(value as Recording);
  }
};

const listen = (config: SimulatorConfig, routes: readonly Route[]): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
      dispatch(routes, incoming, outgoing, unknownResource).catch((error: unknown) => {
        console.error('request failed:', error);
        if (!outgoing.headersSent) outgoing.writeHead(500).end();
        else outgoing.destroy();
      });
    });
    // Longer than clients keep a connection idle: none is closed under a request.
    server.keepAliveTimeout = 65_000;
    server.once('error', reject);
    server.listen(config.port, config.host, () => resolve(server));
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
