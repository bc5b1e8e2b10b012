import { text, type Setting } from '@frontdesk/runtime';

/** This broker has no credentials and no encryption: nobody beyond this machine may reach it. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** A setting that takes loopback addresses alone. */
export const choiceOfLoopback = (
  variable: string,
  description: string,
  fallback: string,
): Setting<string> => {
  const base = text(variable, description, { default: fallback });
  return {
    ...base,
    parse(value) {
      const host = base.parse(value);
      if (!isLoopback(host))
        throw new Error(`must be a loopback address (this broker is for one machine), got "${host}"`);
      return host;
    },
  };
};
