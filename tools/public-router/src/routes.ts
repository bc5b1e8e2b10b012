import { type Config } from './config';

/** The owner of a public path, or undefined: only /webhook, /ws and /audio are routed from outside (architecture §4). */
export const ownerOf = (
  requestTarget: string,
  config: Pick<Config, 'gatewayUrl' | 'recordingUrl' | 'dialerUrl'>,
): string | undefined => {
  const path = requestTarget.split('?')[0] ?? '';
  if (path === '/webhook/handle_recording' || path === '/webhook/recording_status')
    return config.recordingUrl;
  if (path.startsWith('/webhook/dial/')) return config.dialerUrl;
  if (/^\/(webhook|ws|audio)\//.test(path)) return config.gatewayUrl;
  return undefined;
};
