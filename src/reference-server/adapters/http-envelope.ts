/** What everything at the HTTP port has in common: the bearer token, the error envelope, and the rate limit. */
import type { Request, RequestHandler, Response } from "express";
import { now } from "../../platform/clock.ts";
import type { RateLimiter } from "./rate-limit.ts";

export const bearerOf = (request: Request): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];

/** The envelope of every error of the API. A request that is wrong has code 4001, everything else its status. */
export function refuse(response: Response, status: number, message: string): void {
  if (response.headersSent) return void response.end();
  response.status(status).json({ error: { code: status === 400 ? 4001 : status, message } });
}

/** Counts a request, and says so in its headers. @returns why it is refused; `undefined`: it may go on */
export function countRequest(limiter: RateLimiter, request: Request, response: Response): string | undefined {
  const { isAllowed, headers } = limiter.take(bearerOf(request), now());
  response.set(headers);
  return isAllowed ? undefined : `Too many requests: the rate limit of ${headers["X-Rate-Limit-Limit"]} is exceeded`;
}

/** Answers 429 instead of going on. */
export const limited =
  (limiter: RateLimiter): RequestHandler =>
  (request, response, next) => {
    const tooMany = countRequest(limiter, request, response);
    if (tooMany === undefined) next();
    else refuse(response, 429, tooMany);
  };
