import { UnknownNameError } from '../routing/route-table';

/** Why a stream could not be opened or broke: a code of Twilio's dictionary. */
export interface StreamError {
  readonly code: number;
  readonly message: string;
}

/** What is wrong with a `<Stream url>` before anything is tried. */
export const urlError = (text: string): StreamError | undefined => {
  if (/\s/.test(text)) return { code: 31923, message: 'Stream - URL is malformed' };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { code: 31923, message: 'Stream - URL is malformed' };
  }
  if (url.protocol !== 'wss:') return { code: 31922, message: 'Stream - scheme is not wss' };
  if (url.search) return { code: 31920, message: 'Stream - handshake error: URL has a query string' };
  return undefined;
};

/** The code of a failed or broken connection. */
export const connectionError = (error: Error & { code?: string }): StreamError => {
  if (error instanceof UnknownNameError)
    return { code: 31904, message: `Stream - host unreachable: ${error.message}` };
  if (error.message.startsWith('Unexpected server response'))
    return { code: 31920, message: `Stream - handshake error: ${error.message}` };
  if (error.message.includes('handshake has timed out'))
    return { code: 31901, message: 'Stream - connection timeout' };
  if (error.code === 'ECONNREFUSED') return { code: 31902, message: 'Stream - connection refused' };
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE')
    return { code: 31903, message: 'Stream - broken pipe' };
  return { code: 31924, message: `Stream - WebSocket protocol error: ${error.message}` };
};
