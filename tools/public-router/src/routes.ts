export type Owner = 'media-gateway' | 'recording-service' | 'outbound-dialer';

/** The owner of a public path, or undefined: only /webhook, /ws and /audio are routed from outside. */
export const ownerOf = (requestTarget: string): Owner | undefined => {
  const path = requestTarget.split('?')[0] ?? '';
  if (path === '/webhook/handle_recording' || path === '/webhook/recording_status')
    return 'recording-service';
  if (path.startsWith('/webhook/dial/')) return 'outbound-dialer';
  if (/^\/(webhook|ws|audio)\//.test(path)) return 'media-gateway';
  return undefined;
};
