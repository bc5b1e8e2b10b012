import { integer, list, optionalText, readConfig, text, type ConfigOf } from '@frontdesk/runtime';

export const settings = {
  port: integer('PORT', 'TCP port of the REST and control APIs; 0 takes a free one', {
    default: 3101,
    min: 0,
    max: 65_535,
  }),
  host: text('HOST', 'address to listen on; the control API has no credentials, so loopback', {
    default: '127.0.0.1',
  }),
  accountSid: text('TWILIO_SIM_ACCOUNT_SID', 'the one account it knows', {
    default: 'AC00000000000000000000000000000001',
  }),
  authToken: text('TWILIO_SIM_AUTH_TOKEN', 'REST password of the account and key of the signatures', {
    default: 'simulated-auth-token',
    secret: true,
  }),
  routes: list('TWILIO_SIM_ROUTES', 'name=http://127.0.0.1:PORT, …: where public names are reached', {
    default: [],
  }),
  dataDir: optionalText('DATA_DIR', 'folder of the book and the recordings; unset: nothing outlives the run'),
  callsPerSecond: integer('TWILIO_SIM_CPS', 'outbound calls started a second; the excess is queued', {
    default: 1,
    min: 1,
    max: 1000,
  }),
  listLagMs: integer('TWILIO_SIM_LIST_LAG_MS', 'how far call lists lag behind, milliseconds', {
    default: 2000,
    min: 0,
    max: 600_000,
  }),
} as const;

export type SimulatorConfig = ConfigOf<typeof settings>;

/** Reads the simulator's environment; see the README's table. */
export const simulatorConfig = (environment: Readonly<Record<string, string | undefined>>): SimulatorConfig =>
  readConfig(settings, environment);
