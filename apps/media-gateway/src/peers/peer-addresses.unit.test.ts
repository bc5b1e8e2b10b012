import { PeerAddresses } from './peer-addresses';

type Addresses = { address: string; family: number }[];

const failing = (code: string): Promise<Addresses> =>
  Promise.reject(Object.assign(new Error(code), { code }));

/** A DNS that says what it is told to, and addresses that ask it at a time that is this test's. */
const asking = (entries: string[]) => {
  const dns: { answer: () => Promise<Addresses>; asked: string[] } = {
    answer: () => failing('ENOTFOUND'),
    asked: [],
  };
  const time = { nowMs: 0 };
  const addresses = new PeerAddresses(
    entries,
    (host) => {
      dns.asked.push(host);
      return dns.answer();
    },
    () => time.nowMs,
  );
  const says = (...found: Addresses): void => void (dns.answer = () => Promise.resolve(found));
  return { addresses, dns, time, says };
};
const v4 = (address: string) => ({ address, family: 4 });

describe('PeerAddresses', () => {
  it('takes URLs as they are, and asks no DNS for them', async () => {
    const { addresses, dns } = asking(['http://a:3001', 'http://b:3001']);
    expect(await addresses.now()).toEqual(['http://a:3001', 'http://b:3001']);
    expect(dns.asked).toEqual([]);
  });

  it('asks for every address of a name, once each', async () => {
    const { addresses, says } = asking(['dns:gateway-peers:3001', 'http://10.0.0.1:3001']);
    says(v4('10.0.0.1'), v4('10.0.0.2'), { address: 'fd00::1', family: 6 });
    expect(await addresses.now()).toEqual([
      'http://10.0.0.1:3001',
      'http://10.0.0.2:3001',
      'http://[fd00::1]:3001',
    ]);
  });

  it('looks a name up once for all who ask within a second, and then again', async () => {
    const { addresses, dns, time, says } = asking(['dns:peers:3001']);
    says(v4('10.0.0.1'));
    await Promise.all([addresses.now(), addresses.now()]);
    time.nowMs = 999;
    await addresses.now();
    expect(dns.asked).toEqual(['peers']);
    says(v4('10.0.0.2'));
    time.nowMs = 1000;
    expect(await addresses.now()).toEqual(['http://10.0.0.2:3001']);
  });

  it('goes on without a name that does not exist', async () => {
    const { addresses, dns, time, says } = asking(['dns:peers:3001', 'http://a:3001']);
    says(v4('10.0.0.1'));
    expect(await addresses.now()).toContain('http://10.0.0.1:3001');
    dns.answer = () => failing('ENOTFOUND');
    time.nowMs = 1000;
    expect(await addresses.now()).toEqual(['http://a:3001']);
  });

  it('goes by what the DNS said last while it fails, or does not answer in 300 ms', async () => {
    const { addresses, dns, time, says } = asking(['dns:peers:3001']);
    says(v4('10.0.0.1'));
    await addresses.now();
    dns.answer = () => failing('EAI_AGAIN');
    time.nowMs = 1000;
    expect(await addresses.now()).toEqual(['http://10.0.0.1:3001']);
    dns.answer = () => new Promise(() => undefined);
    time.nowMs = 2000;
    expect(await addresses.now()).toEqual(['http://10.0.0.1:3001']);
  });

  it('holds for a second that who refused a connection is gone, and asks anew then', async () => {
    const { addresses, time } = asking(['http://a:3001', 'http://b:3001']);
    addresses.noteGone('http://b:3001');
    expect(await addresses.now()).toHaveLength(2);
    expect(['http://a:3001', 'http://b:3001'].map((url) => addresses.isGone(url))).toEqual([false, true]);
    time.nowMs = 1000;
    expect(addresses.isGone('http://b:3001')).toBe(false);
  });
});
