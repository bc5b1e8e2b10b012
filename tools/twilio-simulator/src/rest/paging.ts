import type { RouteAnswer, RouteRequest } from '../http/router';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;

/** One page of a list in Twilio's envelope. */
export const pageOf = (key: string, items: readonly unknown[], request: RouteRequest): RouteAnswer => {
  const number = (name: string, fallback: number): number => {
    const value = Number(request.query.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= 0 ? value : fallback;
  };
  const pageSize = Math.min(MAX_PAGE_SIZE, Math.max(1, number('PageSize', DEFAULT_PAGE_SIZE)));
  const page = number('Page', 0);
  const start = page * pageSize;
  const shown = items.slice(start, start + pageSize);
  const uri = (of: number): string => {
    const query = new URLSearchParams(request.query);
    query.set('Page', String(of));
    query.set('PageSize', String(pageSize));
    return `${request.path}?${query.toString()}`;
  };
  return {
    status: 200,
    json: {
      [key]: shown,
      page,
      page_size: pageSize,
      start,
      end: Math.max(start, start + shown.length - 1),
      uri: uri(page),
      first_page_uri: uri(0),
      next_page_uri: start + pageSize < items.length ? uri(page + 1) : null,
      previous_page_uri: page > 0 ? uri(page - 1) : null,
    },
  };
};
