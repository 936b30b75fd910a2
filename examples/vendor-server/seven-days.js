#!/usr/bin/env node
/**
 * Asks a task server whether a task that nobody can carry out ends after seven days of the server's time, and whether
 * its record is gone after thirty. For servers that are started under `faketime`: see docs/time.md.
 *
 *   node seven-days.js http://127.0.0.1:8080/v1.1
 *
 * Only the server's own times are compared, so it does not matter how fast they pass. Exit code 0, or 1 with the reason.
 */
const DAY = 86_400_000;
const POLL_EVERY = 50;

async function ask(method, url, body) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}

async function polled(url, isOver) {
  for (;;) {
    const answer = await ask("GET", url);
    if (isOver(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY));
  }
}

async function main([base]) {
  if (base === undefined) throw new Error("usage: node seven-days.js http://HOST:PORT/v1.1");
  const name = `seven-days-${Date.now()}`;
  await ask("POST", `${base}/devicetypes`, { dtid: name, name, devicePropertiesEnabled: true });
  await ask("POST", `${base}/devices`, { did: name, dtid: name, name });
  const task = { dtid: name, dids: [name], taskType: "R", property: "deviceProperties.device.manufacturer" };
  const created = await ask("POST", `${base}/devicemgmt/tasks`, task);
  if (created.status >= 300) throw new Error(`the task was refused: ${JSON.stringify(created.body)}`);
  const { id, createdOn } = created.body.data;
  process.stdout.write(`created  ${new Date(createdOn).toISOString()}  for a device that never registers\n`);

  const url = `${base}/devicemgmt/tasks/${id}`;
  const isOver = ({ status, body }) =>
    status !== 200 || !["REQUESTED", "QUEUED"].includes(body.data.statuses[0].status);
  const { body } = await polled(`${url}/statuses`, isOver);
  const { status, errorCode, ts } = body.data?.statuses[0] ?? { status: "gone" };
  const days = (ts - createdOn) / DAY;
  process.stdout.write(
    `ended    ${new Date(ts ?? 0).toISOString()}  ${status} ${errorCode}, after ${days.toFixed(2)} days\n`,
  );
  if (status !== "FAILED" || String(errorCode) !== "4004") throw new Error("it should be FAILED with 4004");
  if (days < 7) throw new Error("that is too early");

  const gone = await polled(url, (answer) => answer.status !== 200);
  process.stdout.write(`removed  HTTP ${gone.status}\n`);
  if (gone.status !== 404) throw new Error("a record that is removed is answered 404");
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
