import { lookup } from 'node:dns/promises';

const DNS_PREFIX = 'dns:';

type Lookup = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const systemLookup: Lookup = (host) => lookup(host, { all: true });

/**
 * The internal URLs behind GATEWAY_PEERS: entries are URLs, or `dns:HOST:PORT` for every address of a name (a headless
 * Service). Asked for afresh each time, since replicas come and go; a name that does not resolve stands for nobody.
 */
export const peerAddresses = async (
  entries: readonly string[],
  resolve: Lookup = systemLookup,
): Promise<string[]> => {
  const lists = await Promise.allSettled(
    entries.map(async (entry) => {
      if (!entry.startsWith(DNS_PREFIX)) return [entry];
      const [host = '', port = ''] = entry.slice(DNS_PREFIX.length).split(':');
      const addresses = await resolve(host);
      return addresses.map(({ address, family }) =>
        family === 6 ? `http://[${address}]:${port}` : `http://${address}:${port}`,
      );
    }),
  );
  return [...new Set(lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : [])))];
};
