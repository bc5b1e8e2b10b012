import { newTraceparent } from './identifiers';

describe('a trace context', () => {
  it('is one of W3C, and another each time', () => {
    const all = Array.from({ length: 1000 }, () => newTraceparent());
    for (const each of all) expect(each).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(new Set(all.map((each) => each.split('-')[1])).size).toBe(1000);
    expect(new Set(all.map((each) => each.split('-')[2])).size).toBe(1000);
  });

  it('of a child has the trace of its parent and a span of its own', () => {
    const parent = newTraceparent();
    const child = newTraceparent(parent);
    expect(child.split('-')[1]).toBe(parent.split('-')[1]);
    expect(child.split('-')[2]).not.toBe(parent.split('-')[2]);
  });
});
