import { loadConfig } from './config';
import { servedApis, type BrokerParts } from './handlers';

it.each(['0.0.0.0', '10.0.0.4', 'broker.example', '::'])('refuses to listen on %s', (host) => {
  expect(() => loadConfig({ HOST: host })).toThrow(
    `HOST must be a loopback address (this broker is for one machine), got "${host}"`,
  );
});

it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('listens on %s', (host) => {
  expect(loadConfig({ HOST: host }).host).toBe(host);
});

it('speaks only versions that Apache Kafka 4 accepts as well', () => {
  // Lowest and highest versions of Kafka 4.0, from its ApiVersions answer.
  const kafka4: Record<number, [number, number]> = {
    0: [3, 12],
    1: [4, 17],
    2: [1, 10],
    3: [0, 13],
    8: [2, 9],
    9: [1, 9],
    10: [0, 6],
    11: [2, 9],
    12: [0, 4],
    13: [0, 5],
    14: [0, 5],
    15: [0, 6],
    16: [0, 5],
    18: [0, 4],
    19: [2, 7],
    20: [1, 6],
    22: [0, 5],
    32: [1, 4],
    37: [0, 3],
    42: [0, 2],
  };
  for (const { key, minVersion, maxVersion } of servedApis({} as BrokerParts).values()) {
    expect([key, minVersion]).toEqual([key, Math.max(minVersion, kafka4[key]![0])]);
    expect([key, maxVersion]).toEqual([key, Math.min(maxVersion, kafka4[key]![1])]);
  }
});
