/** A page of text on loopback, made anew for whoever asks: for metrics that are scraped while a run is under way. */
import http from "node:http";
import { socketError } from "../../platform/errors.ts";

export interface TextServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface TextPage {
  readonly path: string;
  readonly contentType: string;
  text(): Promise<string>;
}

/** @param port 0: a free one. @throws HarnessError `address-in-use`, `permission-denied` */
export async function serveText(port: number, page: TextPage): Promise<TextServer> {
  const server = http.createServer((request, response) => {
    if (request.url !== page.path) return void response.writeHead(404).end();
    page.text().then(
      (text) => response.writeHead(200, { "Content-Type": page.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(socketError(`tcp 127.0.0.1:${port}`, cause)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const at = server.address();
  return {
    port: typeof at === "object" && at !== null ? at.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
