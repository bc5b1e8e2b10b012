import { transcriptAsText, transcriptAsVtt } from './transcript-text';

const segments = [
  { speaker: 'agent' as const, text: 'שלום, במה אפשר לעזור?', startMs: 0, endMs: 1500 },
  { speaker: 'caller' as const, text: 'a <b> & c --> d\n\nnext', startMs: 3_723_045, endMs: null },
];

describe('a transcript to read', () => {
  it('is a line a turn, with who and when', () => {
    expect(transcriptAsText({ segments, text: '' })).toBe(
      '[00:00:00] Agent: שלום, במה אפשר לעזור?\n[01:02:03] Caller: a <b> & c --> d next\n',
    );
  });

  it('is its text alone where nobody can say who spoke', () => {
    expect(transcriptAsText({ segments: [], text: 'both at once' })).toBe('both at once\n');
  });
});

describe('a transcript as WebVTT', () => {
  it('is a cue a turn that no word can break out of', () => {
    expect(transcriptAsVtt({ segments })).toBe(
      [
        'WEBVTT',
        '',
        '00:00:00.000 --> 00:00:01.500',
        '<v Agent>שלום, במה אפשר לעזור?',
        '',
        '01:02:03.045 --> 01:02:07.045',
        '<v Caller>a &lt;b&gt; &amp; c --&gt; d next',
        '',
      ].join('\n'),
    );
  });
});
