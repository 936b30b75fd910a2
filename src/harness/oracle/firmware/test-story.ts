/** Stories of firmware updates for tests: the requests of a server and the answers of a device, each in one word. */
import { OPAQUE, TEXT } from "../../../protocol/lwm2m/content.ts";
import { executeContent, readContent, writeContent } from "../../../protocol/lwm2m/operations.ts";
import { encodeUtf8 } from "../../../protocol/lwm2m/scalar.ts";
import { history, type Story, type StoryOptions } from "../test-history.ts";

export const URI = "coap://192.0.2.1:5683/fw/1";
export const IMAGES = [
  { version: "2.0", size: 10 },
  { version: "3.0", size: 10 },
];
export const READ_STATE = readContent([5, 0, 3]);
export const EXECUTE = executeContent([5, 0, 2]);
export const PUSH = writeContent([5, 0, 0], OPAQUE, encodeUtf8("an image"));
export const pullBy = (uri: string) => writeContent([5, 0, 1], TEXT, encodeUtf8(uri));

/** A device that takes images in either way, unless told otherwise. */
export const deviceWith = (firmware: object = {}): object => ({ firmware: { version: "1.0", ...firmware } });

/** One such device that registers at 1 s. */
export const registered = (options: StoryOptions = {}): Story =>
  history({ devices: [deviceWith()], images: IMAGES, ...options }).register(0, 1);

/** It asks for 5/0/3, 5/0/5 or 3/0/3, and the device answers at once. */
export function says(story: Story, at: number, what: "state" | "result" | "version", value: number | string): Story {
  const content = readContent(what === "version" ? [3, 0, 3] : [5, 0, what === "state" ? 3 : 5]);
  return story.request(0, at, { content }).answer(0, at, "2.05", { text: String(value) });
}

/** An update that begins at 2 s; the device has taken the URI at 3 s. */
export function offered(story: Story): Story {
  story.create(0, 2, { image: 0 }).request(0, 2, { content: READ_STATE }).answer(0, 2, "2.05", { text: "0" });
  story.request(0, 3, { content: pullBy(URI) }).answer(0, 3, "2.04");
  return story.firmware(0, 3, "uri-written", 1, 0);
}

/** The same, and it has the image at 4 s. */
export const downloaded = (story: Story): Story => offered(story).firmware(0, 4, "downloaded", 2, 0);

/** The same, executed at 5 s and installed at 10 s. */
export function installed(story: Story, version = "2.0"): Story {
  says(downloaded(story), 5, "state", 2).request(0, 5, { content: EXECUTE }).answer(0, 5, "2.04");
  return story.firmware(0, 5, "execute", 3, 0).firmware(0, 10, "installed", 0, 1, version);
}
