import type { Call } from '../call/call';
import type { TwimlWorld } from './twiml-world';
import type { TwimlElement } from './parse';

/** Where a program takes its next instructions from. */
export type Instructions =
  | {
      readonly kind: 'url';
      readonly url: string;
      readonly method: 'GET' | 'POST';
      /** Beside the parameters every request carries. */
      readonly params: Readonly<Record<string, string>>;
      /** As the book names the request. */
      readonly purpose: string;
      readonly fallback?: { readonly url: string; readonly method: 'GET' | 'POST' } | undefined;
    }
  | { readonly kind: 'twiml'; readonly twiml: string };

/** What a verb leads to. */
export type Outcome =
  | { readonly kind: 'next' }
  | { readonly kind: 'goto'; readonly instructions: Instructions }
  | { readonly kind: 'hangup' }
  | { readonly kind: 'reject'; readonly reason: 'rejected' | 'busy' };

/** Why the verb being run was stopped: the call ended, or new instructions replaced its document. */
export type Interruption = 'hangup' | 'redirect';

export interface VerbContext {
  readonly world: TwimlWorld;
  readonly call: Call;
  readonly element: TwimlElement;
  /** Aborted with an {@link Interruption} as its reason. */
  readonly signal: AbortSignal;
  /** URL of the document; null for one given in a REST request, where URLs must be absolute (15004). */
  readonly documentUrl: string | null;
}

export type Verb = (context: VerbContext) => Promise<Outcome>;

export const NEXT: Outcome = { kind: 'next' };

/** An attribute or relative URL that makes a verb impossible: an error of Twilio's dictionary, the call ends. */
export class TwimlError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'TwimlError';
  }
}

/** The absolute form of a URL written in the document. */
export const resolveUrl = (context: VerbContext, url: string): string => {
  if (/^(https?|wss?):\/\//i.test(url)) return url;
  if (context.documentUrl === null)
    throw new TwimlError(15004, `"${url}" must be absolute in TwiML given by REST`);
  // The fragment carries connection settings, not part of what is resolved against.
  return new URL(url, context.documentUrl.split('#')[0]).href;
};

export const methodOf = (element: TwimlElement, attribute = 'method'): 'GET' | 'POST' =>
  element.attributes[attribute]?.toUpperCase() === 'GET' ? 'GET' : 'POST';

/** The request of the verb's action. */
export const actionInstructions = (
  context: VerbContext,
  action: string,
  params: Readonly<Record<string, string>>,
): Instructions => ({
  kind: 'url',
  url: resolveUrl(context, action),
  method: methodOf(context.element),
  params,
  purpose: `${context.element.name}-action`,
});

/** A whole number from an attribute, or the default. */
export const numberOf = (element: TwimlElement, attribute: string, fallback: number): number => {
  const value = Number(element.attributes[attribute] ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : fallback;
};

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
