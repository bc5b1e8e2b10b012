/** How the world reaches us: every URL given to Twilio and every signature is made from this, never from a request's Host. */
export interface PublicUrl {
  /** Without a trailing slash; may carry a path of its own. */
  readonly base: string;
  /** `https://…` of a path that begins with a slash. */
  http(path: string): string;
  /** `wss://…` of a path (`ws://` when the base is plain http). */
  webSocket(path: string): string;
}

/** Of a configuration with PUBLIC_URL read by `url(...)`. */
export const publicUrlOf = (config: { readonly publicUrl: string }): PublicUrl => {
  const base = config.publicUrl.replace(/\/+$/, '');
  return {
    base,
    http: (path) => base + path,
    webSocket: (path) => base.replace(/^http/, 'ws') + path,
  };
};
