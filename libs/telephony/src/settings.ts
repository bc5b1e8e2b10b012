import { accountSidSchema } from '@frontdesk/contracts';
import { choice, flag, optionalUrl, secrets, text, url, type ConfigOf } from '@frontdesk/runtime';
import { type TwilioAccountOptions } from './rest/sdk-twilio-calls';
import { type SignatureOptions } from './signature/webhook-guard';

/** Settings of every service that speaks with Twilio. */
export const twilioSettings = {
  publicUrl: url('PUBLIC_URL', 'Public origin that Twilio calls; callbacks and signatures are made from it'),
  twilioAccountSid: text('TWILIO_ACCOUNT_SID', 'Twilio account, AC…'),
  twilioAuthTokens: secrets('TWILIO_AUTH_TOKEN', 'Auth tokens of the account: the first is used, all verify'),
  twilioApiBaseUrl: optionalUrl('TWILIO_API_BASE_URL', 'Instead of https://api.twilio.com'),
  validateSignature: flag(
    'TWILIO_VALIDATE_SIGNATURE',
    'Check the signature of what Twilio sends; false is refused in production',
    { default: true },
  ),
  nodeEnv: choice(
    'NODE_ENV',
    '`production` refuses settings meant for one machine',
    ['development', 'test', 'production'],
    { default: 'development' },
  ),
};

type TwilioConfig = ConfigOf<typeof twilioSettings>;

/** What is wrong with them beyond each one's own form, a line each. */
export const twilioMistakes = ({
  twilioAccountSid,
  validateSignature,
  nodeEnv,
}: Omit<TwilioConfig, 'publicUrl'>): string[] => [
  ...(accountSidSchema.safeParse(twilioAccountSid).success
    ? []
    : ['TWILIO_ACCOUNT_SID must be AC and 32 hex digits']),
  ...(validateSignature || nodeEnv !== 'production'
    ? []
    : ['TWILIO_VALIDATE_SIGNATURE must not be false when NODE_ENV is production']),
];

/** The account that they name. */
export const twilioAccountOf = ({
  twilioAccountSid: accountSid,
  twilioAuthTokens: [authToken],
  twilioApiBaseUrl: baseUrl,
}: Omit<TwilioConfig, 'publicUrl'>): TwilioAccountOptions => ({ accountSid, authToken: authToken!, baseUrl });

/** How they want what Twilio sends to be checked. */
export const signatureOptionsOf = ({
  twilioAuthTokens: authTokens,
  publicUrl,
  validateSignature: validate,
}: Pick<TwilioConfig, 'twilioAuthTokens' | 'publicUrl' | 'validateSignature'>): SignatureOptions => ({
  authTokens,
  publicUrl,
  validate,
});
