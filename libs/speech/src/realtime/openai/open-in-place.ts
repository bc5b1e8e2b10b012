import { isIP, type NetConnectOpts } from 'node:net';
import { type ConnectionOptions } from 'node:tls';
import { connectInPlace, type OnText, readTextFramesAfterUpgrade } from '@frontdesk/runtime';
import { type ClientOptions, WebSocket } from 'ws';

/** What the library asks a connection to be made of, beside the options of `node:net` or `node:tls`. */
interface Asked extends ConnectionOptions {
  socketPath?: string;
}

/**
 * A WebSocket of ours whose short text messages are read where they lie; all else comes by `message`, as ever, in the same
 * order. Only without extensions.
 * @param onText told of each text that is read so; the bytes are only lent
 */
export const openInPlace = (url: string, options: ClientOptions, onText: OnText): WebSocket => {
  const isTls = ['wss:', 'https:'].includes(new URL(url).protocol);
  const createConnection = (asked: Asked) => {
    // As the library itself would connect: `path` is the URL's here, and a name to verify is none where the host is an address.
    const name = asked.servername ?? (isIP(asked.host ?? '') ? '' : asked.host);
    const { socket, reads } = isTls
      ? connectInPlace('tls', { ...asked, path: undefined, servername: name })
      : connectInPlace('tcp', { ...asked, path: asked.socketPath } as NetConnectOpts);
    readTextFramesAfterUpgrade(reads, onText);
    return socket;
  };
  return new WebSocket(url, { ...options, createConnection } as ClientOptions);
};
