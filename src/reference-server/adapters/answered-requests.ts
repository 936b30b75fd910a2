/** Tells of each request below a base path how it was answered, whoever answered it: the engine, or something before it. */
import type http from "node:http";
import type { Response } from "express";

export interface AnsweredRequest {
  readonly method: string;
  /** Below the base path, without query, not decoded. */
  readonly path: string;
  readonly status: number;
  /** The error envelope, when the engine refused the request. */
  readonly error: unknown;
}

/** Where the HTTP front leaves the body of the engine's answer: among the `locals` of the response. */
export const ANSWER_BODY = "answerBody";

type MaybeExpress = http.ServerResponse & Partial<Pick<Response, "locals">>;

/** To be called before whoever answers listens. */
export function reportAnswered(
  server: http.Server,
  basePath: string,
  onAnswered: (answered: AnsweredRequest) => void,
): void {
  server.on("request", ({ method = "", url = "" }, response: MaybeExpress) => {
    if (!url.startsWith(`${basePath}/`)) return;
    const [path = ""] = url.slice(basePath.length + 1).split("?");
    response.once("finish", () => {
      const { statusCode: status, locals } = response;
      const body: unknown = locals?.[ANSWER_BODY];
      onAnswered({ method, path, status, error: status < 400 ? undefined : body });
    });
  });
}
