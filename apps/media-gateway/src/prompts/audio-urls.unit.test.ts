import { publicUrlOf } from '@frontdesk/telephony';
import { AudioUrls, type AudioClaim } from './audio-urls';

const MINUTE = 60_000;
const secret = 'a-secret-of-32-characters-or-more';
const key = 'ab'.repeat(32);

const urls = (secrets = [secret]) => {
  const clock = { ms: Date.UTC(2026, 10, 20, 12, 3) };
  const publicUrl = publicUrlOf({ publicUrl: 'https://calls.example.com' });
  return { clock, made: new AudioUrls({ secrets, publicUrl, now: () => clock.ms }) };
};
const claimIn = (url: string): AudioClaim => {
  const { pathname, searchParams } = new URL(url);
  return {
    key: pathname.slice('/audio/'.length, -'.wav'.length),
    expires: searchParams.get('expires'),
    signature: searchParams.get('signature'),
  };
};

describe('the URL of a prompt’s audio', () => {
  it('holds for 10 to 20 minutes, however often it is asked for, and not a second longer', () => {
    const { clock, made } = urls();
    const url = made.of(key);
    expect(url).toMatch(/^https:\/\/calls\.example\.com\/audio\/(ab){32}\.wav\?expires=\d+&signature=/);
    expect(made.check(claimIn(url))).toBe(17 * 60);
    expect(made.check(claimIn(url))).toBe(17 * 60);
    clock.ms += 17 * MINUTE - 1000;
    expect(made.check(claimIn(url))).toBe(1);
    clock.ms += 1000;
    expect(made.check(claimIn(url))).toBe('expired');
  });

  it('is the same for the calls of ten minutes, so that Twilio fetches it once', () => {
    const { clock, made } = urls();
    const first = made.of(key);
    clock.ms += 6 * MINUTE;
    expect(made.of(key)).toBe(first);
    clock.ms += 2 * MINUTE;
    expect(made.of(key)).not.toBe(first);
  });

  it.each<[string, (claim: AudioClaim) => AudioClaim]>([
    ['another key', (claim) => ({ ...claim, key: 'cd'.repeat(32) })],
    ['a later end', (claim) => ({ ...claim, expires: String(Number(claim.expires) + 3600) })],
    ['an end that is no number', (claim) => ({ ...claim, expires: 'never' })],
    ['no end', (claim) => ({ ...claim, expires: null })],
    ['no signature', (claim) => ({ ...claim, signature: null })],
    ['half a signature', (claim) => ({ ...claim, signature: claim.signature!.slice(0, 20) })],
    ['an empty signature', (claim) => ({ ...claim, signature: '' })],
  ])('does not hold with %s', (_what, forge) => {
    const { made } = urls();
    expect(made.check(forge(claimIn(made.of(key))))).toBe('forged');
  });

  it('holds while its secret is still among those that verify', () => {
    const claim = claimIn(urls().made.of(key));
    expect(urls(['the-next-secret-of-32-characters', secret]).made.check(claim)).toBe(17 * 60);
    expect(urls(['the-next-secret-of-32-characters']).made.check(claim)).toBe('forged');
  });
});
