import { integer, optionalText, text, type ConfigOf } from '@frontdesk/runtime';

/** The environment of the simulator. */
export const settings = {
  port: integer('PORT', 'Port of HTTP and WebSocket; 0 takes a free one', {
    min: 0,
    max: 65_535,
    default: 3102,
  }),
  host: text('HOST', 'Address to listen on', { default: '127.0.0.1' }),
  dataDir: optionalText('DATA_DIR', 'Folder for the book; unset: memory only'),
  tlsKey: optionalText(
    'OPENAI_SIM_TLS_KEY',
    'PEM file of a private key; with the certificate: HTTPS and wss',
  ),
  tlsCert: optionalText('OPENAI_SIM_TLS_CERT', 'PEM file of the certificate'),
  firstAudioMs: integer('OPENAI_SIM_FIRST_AUDIO_MS', 'From response.created to the first audio delta', {
    min: 0,
    max: 60_000,
    default: 120,
  }),
  createdMs: integer('OPENAI_SIM_CREATED_MS', 'From response.create to response.created', {
    min: 0,
    max: 60_000,
    default: 20,
  }),
  deltaMs: integer('OPENAI_SIM_DELTA_MS', 'Audio in one delta', { min: 20, max: 10_000, default: 200 }),
  speed: integer('OPENAI_SIM_SPEED', 'How many times faster than real time audio is generated', {
    min: 1,
    max: 1_000,
    default: 20,
  }),
  transcriptionMs: integer('OPENAI_SIM_TRANSCRIPTION_MS', 'Delay of the transcript of what the caller said', {
    min: 0,
    max: 60_000,
    default: 250,
  }),
  sessionMaxMs: integer('OPENAI_SIM_SESSION_MAX_MS', 'Length of a session until it expires', {
    min: 100,
    max: 3_600_000,
    default: 3_600_000,
  }),
};

export type SimulatorConfig = ConfigOf<typeof settings>;
