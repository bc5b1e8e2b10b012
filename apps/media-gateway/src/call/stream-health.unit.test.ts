import { StreamHealth } from './stream-health';

const health = () => {
  const stream = {
    pings: 0,
    ping: () => void stream.pings++,
    unansweredMs: 0,
    hasPonged: true,
    isDead: false,
  };
  const made = new StreamHealth({
    stream,
    startedAtMs: 1000,
    times: { noMediaMs: 6000, mediaLostMs: 15_000 },
  });
  return { stream, made };
};

describe('StreamHealth', () => {
  it('pings every 5 s, from the start on', () => {
    const { stream, made } = health();
    for (let ms = 1000; ms <= 11_000; ms += 250) made.beat(ms);
    expect(stream.pings).toBe(3);
  });

  it('finds nobody there without media, mark or pong for 6 s; any of them is somebody', () => {
    const alone = health();
    alone.stream.hasPonged = false;
    expect(alone.made.beat(6900)).toBeNull();
    expect(alone.made.beat(7000)).not.toBeNull();
    const marked = health();
    marked.stream.hasPonged = false;
    marked.made.markEchoed();
    expect(marked.made.beat(7000)).toBeNull();
    const speaking = health();
    speaking.stream.hasPonged = false;
    speaking.made.media(2000);
    expect(speaking.made.beat(7000)).toBeNull();
  });

  it('tells of a dead socket while media still comes', () => {
    const { stream, made } = health();
    stream.isDead = true;
    made.media(1500);
    expect(made.beat(1500)).toBe('socket-dead');
  });
});
