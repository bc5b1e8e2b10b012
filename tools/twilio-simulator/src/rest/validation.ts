import type { World } from '../placing/world';
import { RestError } from './rest-error';
import type { RestForm } from './rest-request';

const E164 = /^\+[1-9]\d{6,14}$/;

/** Twilio's magic numbers: what calling them gives. */
const MAGIC_TO: Readonly<Record<string, readonly [code: number, message: string]>> = {
  '+15005550001': [21211, 'is not a valid phone number'],
  '+15005550002': [21214, 'cannot be reached'],
  '+15005550003': [21215, 'is in a country this account is not authorized to call'],
  '+15005550004': [21216, 'is blocklisted'],
  '+15005550009': [21217, 'does not appear to be a valid phone number'],
};
const MAGIC_INVALID_FROM = '+15005550001';

/** The numbers of a new call, or the error Twilio answers. */
export const checkNumbers = (world: World, form: RestForm): { to: string; from: string } => {
  const to = form.get('To');
  const from = form.get('From');
  if (!to) throw new RestError(400, 21201, "No 'To' number is specified");
  if (!from) throw new RestError(400, 21213, "No 'From' number is specified");
  const magic = MAGIC_TO[to];
  if (magic)
    throw new RestError(400, magic[0], `The phone number you are attempting to call, ${to}, ${magic[1]}.`);
  if (!E164.test(to) || to === from)
    throw new RestError(400, 21211, `The phone number you are attempting to call, ${to}, is not valid.`);
  if (from === MAGIC_INVALID_FROM || !E164.test(from))
    throw new RestError(400, 21212, `The source phone number provided, ${from}, is not valid.`);
  if (!world.numbers.find(from))
    throw new RestError(
      400,
      21210,
      `The source phone number provided, ${from}, is not yet verified for your account.`,
    );
  return { to, from };
};

export const checkUrl = (name: string, url: string, code = 21205): void => {
  if (!/^https?:\/\/\S+$/i.test(url) || !URL.canParse(url))
    throw new RestError(400, code, `${name} is not a valid URL: ${url}`);
};

export const methodOf = (value: string | undefined): 'GET' | 'POST' =>
  value?.toUpperCase() === 'GET' ? 'GET' : 'POST';
