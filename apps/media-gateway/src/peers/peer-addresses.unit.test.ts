import { peerAddresses } from './peer-addresses';

const names: Record<string, { address: string; family: number }[]> = {
  'gateway-peers': [
    { address: '10.0.0.1', family: 4 },
    { address: '10.0.0.2', family: 4 },
    { address: 'fd00::1', family: 6 },
  ],
};
const resolve = (host: string) =>
  names[host] ? Promise.resolve(names[host]) : Promise.reject(new Error('ENOTFOUND'));

describe('peerAddresses', () => {
  it('takes URLs as they are', async () => {
    expect(await peerAddresses(['http://a:3001', 'http://b:3001'], resolve)).toEqual([
      'http://a:3001',
      'http://b:3001',
    ]);
  });

  it('asks for every address of a name, once each', async () => {
    expect(await peerAddresses(['dns:gateway-peers:3001', 'http://10.0.0.1:3001'], resolve)).toEqual([
      'http://10.0.0.1:3001',
      'http://10.0.0.2:3001',
      'http://[fd00::1]:3001',
    ]);
  });

  it('goes on without a name that does not resolve', async () => {
    expect(await peerAddresses(['dns:gone:3001', 'http://a:3001'], resolve)).toEqual(['http://a:3001']);
  });
});
