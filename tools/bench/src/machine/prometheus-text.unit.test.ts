import { metricSum } from './prometheus-text';

it('adds up only what has the labels that are asked for', () => {
  const text = [
    'b{le="5",route="/a"} 3',
    'b{route="/a",le="5"} 4',
    'b{le="5",route="/b"} 100',
    'b{le="55"} 1',
  ];
  expect(metricSum(text.join('\n'), 'b', { le: '5', route: '/a' })).toBe(7);
});

it('adds up a metric over its labels, and no other that begins with its name', () => {
  const text = [
    '# HELP calls_total Calls',
    'calls_total{reason="a"} 2',
    'calls_total{reason="b c"} 3.5',
    'calls_total_bytes 100',
    'memory 7e6',
  ].join('\n');
  expect(metricSum(text, 'calls_total')).toBe(5.5);
  expect(metricSum(text, 'memory')).toBe(7_000_000);
  expect(metricSum(text, 'calls')).toBeNull();
});
