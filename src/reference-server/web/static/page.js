// The page's script: shows again what has changed, keeps the token, sends tasks and cancellations.
// Everything that comes from devices arrives as HTML that the server has escaped, or is set as text.

const TOKEN = "fleetproof-token";
const element = (id) => document.getElementById(id);
const token = () => sessionStorage.getItem(TOKEN);
const headers = () => (token() === null ? {} : { Authorization: `Bearer ${token()}` });

// ---- sections -------------------------------------------------------------------------------------------------------

/** HTML of each section as it last came, to leave alone what has not changed. */
const shown = new Map();
let request = 0;

async function show() {
  request += 1;
  const mine = request;
  const response = await fetch(`/web/content${location.search}`, { headers: headers() });
  const text = await response.text();
  if (mine !== request) return;
  keepPace(response);
  if (response.status === 429) return;
  const isRefused = response.status === 401 || response.status === 403;
  element("sign-in").hidden = !isRefused;
  element("sign-out").hidden = token() === null;
  const wanted = new DOMParser().parseFromString(text, "text/html");
  // A refused token leaves a message; without one, the form says enough.
  if (isRefused && token() === null) wanted.body.replaceChildren();
  keepingFocus(() => merge(element("content"), wanted.body));
  if (isRefused && !element("content").contains(document.activeElement)) element("token").focus();
}

let shownAt = 0;
/** Milliseconds between two looks: at most half of what the token may ask in a minute is spent on looking. */
let pace = 150;

function keepPace(response) {
  shownAt = performance.now();
  const [perMinute] = (response.headers.get("X-Rate-Limit-Limit") ?? "").split("/");
  pace = perMinute === "" ? 150 : Math.max(150, 120_000 / Number(perMinute));
  if (response.status !== 429) return;
  const wait = Number(response.headers.get("Retry-After") ?? 60);
  say(`Too many requests for this token; the page goes on in ${wait} s`, "bad");
  showSoon(wait * 1_000);
}

/** Whoever moves about with the keyboard, or types, goes on where they were. */
function keepingFocus(change) {
  const { activeElement: old } = document;
  change();
  if (!old?.id || old.isConnected) return;
  const fresh = element(old.id);
  fresh?.focus({ preventScroll: true });
  if (old.type !== "search" || fresh === null) return;
  fresh.value = old.value;
  fresh.setSelectionRange(old.selectionStart, old.selectionEnd);
}

/** Puts the sections that are wanted in the place of those that are there, and leaves equal ones as they are. */
function merge(content, wanted) {
  const ids = [...wanted.children].map(({ id }) => id);
  for (const old of [...content.children]) {
    if (ids.includes(old.id)) continue;
    shown.delete(old.id);
    old.remove();
  }
  for (const [index, section] of [...wanted.children].entries()) {
    const markup = section.outerHTML;
    const old = content.querySelector(`:scope > #${section.id}`);
    if (old !== null && shown.get(section.id) === markup) continue;
    if (old !== null && isBeingFilled(old, section)) {
      offerImages(old, section);
      continue;
    }
    const fresh = document.importNode(section, true);
    if (old === null) content.insertBefore(fresh, content.children[index] ?? null);
    else old.replaceWith(fresh);
    shown.set(section.id, markup);
    tellTimes(fresh);
    if (section.id === "new-task") readProperty();
  }
}

/** A form stays while it is open, unless it has become one of another device type. */
const isBeingFilled = (old, fresh) =>
  old.dataset.type === fresh.dataset.type && old.querySelector(":scope > details")?.open === true;

/** An image may come or go while the form of a task that wants one is being filled. */
function offerImages(old, fresh) {
  const select = old.querySelector("#image");
  const wanted = fresh.querySelector("#image");
  if (select === null || wanted === null || select.innerHTML === wanted.innerHTML) return;
  const { value } = select;
  select.replaceChildren(...[...wanted.children].map((option) => document.importNode(option, true)));
  if ([...select.options].some((option) => option.value === value)) select.value = value;
  old.querySelector("#no-image").hidden = select.options.length > 0;
}

let isWaiting = false;
/** Shows again soon; many changes are one. */
function showSoon(wait = Math.max(150, shownAt + pace - performance.now())) {
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(() => {
    isWaiting = false;
    show().catch(() => undefined);
  }, wait);
}

async function go(search, focus) {
  history.pushState(null, "", search);
  await show();
  if (focus) {
    element("detail").scrollIntoView({ block: "nearest" });
    element("detail-title")?.focus({ preventScroll: true });
  }
}

// ---- times ----------------------------------------------------------------------------------------------------------

const ago = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "narrow" });
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

function tellTimes(root) {
  for (const time of root.querySelectorAll("time[data-ts]")) {
    const ts = Number(time.dataset.ts);
    const seconds = Math.round((ts - Date.now()) / 1_000);
    const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
    const text = Math.abs(seconds) < 2 ? "now" : ago.format(Math.trunc(seconds / length), unit);
    if (time.textContent !== text) time.textContent = text;
    if (time.title === "") {
      time.dateTime = new Date(ts).toISOString();
      time.title = new Date(ts).toLocaleString();
    }
  }
}

setInterval(() => tellTimes(document), 1_000);

// ---- events ---------------------------------------------------------------------------------------------------------

let following = new AbortController();
let lastId;

function setLive(isLive) {
  element("live").textContent = isLive ? "live" : "not live";
  element("live").classList.toggle("on", isLive);
}

/** Follows the events until it is told to stop. Not an EventSource: that sends no token. */
async function follow() {
  following.abort();
  following = new AbortController();
  const { signal } = following;
  for (let wait = 1_000; !signal.aborted; wait = Math.min(wait * 2, 15_000)) {
    try {
      const more = lastId === undefined ? {} : { "Last-Event-ID": lastId };
      const response = await fetch("/events", { headers: { ...headers(), ...more }, signal });
      if (response.status === 401 || response.status === 403) return;
      if (response.ok) {
        setLive(true);
        wait = 1_000;
        showSoon();
        await readEvents(response.body.pipeThrough(new TextDecoderStream()).getReader());
      }
    } catch {
      // The server has gone, or we have; the next round finds out.
    }
    if (signal.aborted) return;
    setLive(false);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function readEvents(reader) {
  let text = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    text += chunk.value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const id = /^id: (.+)$/m.exec(event)?.[1];
      if (id === undefined) continue;
      lastId = id;
      showSoon();
    }
  }
}

// ---- messages -------------------------------------------------------------------------------------------------------

let forgetting;
/** What went well goes away by itself; what went wrong is for the reader to dismiss. */
function say(text, mood) {
  clearTimeout(forgetting);
  if (mood === "good") {
    forgetting = setTimeout(() => {
      element("message").hidden = true;
    }, 8_000);
  }
  const box = element("message");
  box.className = mood;
  box.querySelector("p").textContent = text;
  box.hidden = false;
}

/** Sends JSON, or a file as it is, to the API. @returns the answer's body; `undefined` after saying what was wrong */
async function send(method, path, body) {
  const isFile = body instanceof Blob;
  try {
    const response = await fetch(path, {
      method,
      headers: { ...headers(), "Content-Type": isFile ? "application/octet-stream" : "application/json" },
      body: isFile ? body : JSON.stringify(body),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    say(answer.error?.message ?? `The server answered with HTTP ${response.status}`, "bad");
  } catch {
    say("The server cannot be reached", "bad");
  }
  return undefined;
}

// ---- the form of a new task -------------------------------------------------------------------------------------------

function readProperty() {
  const form = element("task-form");
  if (form === null) return;
  const kind = form.elements.kind.value;
  for (const part of form.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== kind;
  form.elements.image.required = kind === "update";
  if (kind === "update") {
    for (const name of ["name", "value"]) form.elements[name].required = false;
    return;
  }
  const { operations, type } = form.elements.property.selectedOptions[0].dataset;
  const radios = [...form.elements.operation];
  for (const radio of radios) radio.disabled = !operations.includes(radio.value);
  if (!radios.some((radio) => radio.checked && !radio.disabled)) {
    for (const radio of radios) radio.checked = radio.value === operations[0];
  }
  const operation = form.elements.operation.value;
  element("named").hidden = form.elements.property.value !== "";
  form.elements.name.required = !element("named").hidden;
  element("valued").hidden = operation === "R";
  form.elements.value.required = operation === "W";
  element("value-type").textContent = operation === "E" ? "optional arguments" : type;
}

function taskOf({ kind, property, name, operation, value, image, acceptance, dids, filter, expires, scheduled }) {
  const isUpdate = kind.value === "update";
  const targets = dids.value
    .split(",")
    .map((did) => did.trim())
    .filter((did) => did !== "");
  const parameters = {
    ...(isUpdate ? { update: { updateId: image.value } } : {}),
    ...(isUpdate || operation.value === "R" || (operation.value === "E" && value.value === "")
      ? {}
      : { value: value.value }),
    ...(expires.value === "" ? {} : { expiresAfter: Number(expires.value) }),
    ...(scheduled.value === "" ? {} : { scheduledOn: new Date(scheduled.value).getTime() }),
  };
  return {
    dtid: element("new-task").dataset.type,
    ...(targets.length === 0 ? {} : { dids: targets }),
    ...(filter.value.trim() === "" ? {} : { filter: filter.value.trim() }),
    ...(isUpdate
      ? acceptance.checked && { needsAcceptance: true }
      : {
          taskType: operation.value,
          property: property.value === "" ? `serverProperties.${name.value}` : property.value,
        }),
    ...(Object.keys(parameters).length === 0 ? {} : { taskParameters: parameters }),
  };
}

async function createTask(form) {
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  const answer = await send("POST", "/v1.1/devicemgmt/tasks", taskOf(form.elements));
  button.disabled = false;
  if (answer === undefined) return;
  say("The task is created", "good");
  form.reset();
  form.closest("details").open = false;
  const parameters = new URLSearchParams(location.search);
  for (const gone of ["device", "part", "tasks"]) parameters.delete(gone);
  parameters.set("task", answer.data.id);
  await go(`?${parameters}`, true);
}

function newTaskFor(did) {
  const form = element("task-form");
  form.closest("details").open = true;
  form.elements.dids.value = did;
  readProperty();
  form.elements.property.focus();
  form.scrollIntoView({ block: "nearest" });
}

async function uploadImage(form) {
  const { file, version, label } = form.elements;
  const query = new URLSearchParams({ dtid: element("images").dataset.type, version: version.value });
  if (label.value !== "") query.set("name", label.value);
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  const answer = await send("POST", `/v1.1/updates?${query}`, file.files[0]);
  button.disabled = false;
  if (answer === undefined) return;
  say(`Version ${answer.data.version} is uploaded`, "good");
  form.reset();
  form.closest("details").open = false;
  await show();
}

/** What a button does to something that is shown already. */
async function act(button, method, path, body) {
  button.disabled = true;
  await send(method, path, body);
  showSoon();
  if (button.isConnected) button.disabled = false;
}

// ---- what the user does -----------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const button = event.target.closest("button");
  const link = event.target.closest("a[href^='?']");
  if (link !== null) {
    event.preventDefault();
    go(link.getAttribute("href"), /[?&](task|device)=/.test(link.search) && link.closest(".pages") === null);
  } else if (button?.dataset.cancel !== undefined) {
    act(button, "PUT", button.dataset.cancel, { status: "CANCELLED" });
  } else if (button?.dataset.accept !== undefined) {
    act(button, "POST", button.dataset.accept, { acceptanceStatus: button.dataset.answer });
  } else if (button?.dataset.delete !== undefined) {
    act(button, "DELETE", button.dataset.delete);
  } else if (button?.dataset.target !== undefined) {
    newTaskFor(button.dataset.target);
  } else if (button?.closest("#message") != null) {
    element("message").hidden = true;
  } else if (button?.id === "sign-out") {
    sessionStorage.removeItem(TOKEN);
    following.abort();
    setLive(false);
    show();
  }
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.id === "task-form") {
    createTask(form);
  } else if (form.id === "upload-form") {
    uploadImage(form);
  } else if (form.id === "sign-in") {
    sessionStorage.setItem(TOKEN, element("token").value.trim());
    element("token").value = "";
    show();
    follow();
  } else {
    // A search: fields with nothing in them stay out of the address.
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    go(`?${new URLSearchParams(filled)}`, false);
  }
});

document.addEventListener("change", (event) => {
  if (event.target.closest("#task-form") !== null) readProperty();
  if (event.target.id === "type") event.target.form.requestSubmit();
});

addEventListener("popstate", () => show());

tellTimes(document);
readProperty();
show();
follow();
