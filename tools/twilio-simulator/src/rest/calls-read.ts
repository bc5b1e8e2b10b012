import type { CallEntry } from '../call/call-store';
import type { CallStatus } from '../call/call-status';
import { notFound } from './rest-error';
import { pageOf } from './paging';
import type { RestHandler } from './rest-routes';

export const fetchCall: RestHandler = (world, request) => {
  const resource = world.calls.resource(request.params['callSid'] ?? '');
  if (!resource) throw notFound(request.path);
  return { status: 200, json: resource };
};

/**
 * Lists calls, newest first, as they were `listLagMs` ago: a call younger than that is not there yet, and its status is
 * the one it had then. Filters: To, From, Status, ParentCallSid, StartTime with = < >.
 */
export const listCalls: RestHandler = (world, request) => {
  const asOfMs = world.clock.now() - world.settings.listLagMs;
  const { form } = request;
  const wanted = (entry: CallEntry, status: CallStatus): boolean => {
    const { resource } = entry;
    const equals = (name: string, value: unknown): boolean => [undefined, value].includes(form.get(name));
    return (
      equals('To', resource['to']) &&
      equals('From', resource['from']) &&
      equals('ParentCallSid', resource['parent_call_sid']) &&
      equals('Status', status) &&
      fitsTime(entry.startedAtMs, form.get('StartTime'), form.get('StartTime<'), form.get('StartTime>'))
    );
  };
  const shown = world.calls.entries().flatMap((entry) => {
    const status = statusAt(entry, asOfMs);
    return status && wanted(entry, status) ? [{ ...entry.resource, status }] : [];
  });
  return pageOf('calls', shown, request);
};

const statusAt = (entry: CallEntry, atMs: number): CallStatus | undefined =>
  entry.history.findLast((change) => change.atMs <= atMs)?.status;

/** A date alone means the whole day; times are inclusive, as Twilio's `StartTime>=`. */
const fitsTime = (
  startedAtMs: number | null,
  on: string | undefined,
  before: string | undefined,
  after: string | undefined,
): boolean => {
  if (on === undefined && before === undefined && after === undefined) return true;
  if (startedAtMs === null) return false;
  const day = (text: string): string => text.slice(0, 10);
  const started = new Date(startedAtMs).toISOString();
  if (on !== undefined && day(on) !== day(started)) return false;
  const compare = (text: string): number =>
    text.length <= 10 ? day(started).localeCompare(text) : startedAtMs - Date.parse(text);
  if (before !== undefined && compare(before) > 0) return false;
  // Twilio's times have whole seconds.
  if (after === undefined) return true;
  return after.length <= 10 ? compare(after) >= 0 : compare(after) > -1000;
};
