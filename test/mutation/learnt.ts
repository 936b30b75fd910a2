/** What the survivors of `npm run mutation` have taught; a part of docs/mutation.md. */
export const LEARNT = `
## What was learnt

The first campaign killed 77.7 % of what matters. Its survivors told what the harness could not see, and each of these
became a plan, a checker or a requirement:

- tasks with \`scheduledOn\`, which no plan had created (T-05 came of that);
- answers that do not parse, missing counts, statuses that the API does not know, histories without their end;
- four declared choices that were never held against the server: \`timerRetry\`, \`require-register\`, \`reused\`
  locations, and what a failed attempt means for the device's other tasks (R-13);
- a cancelled exchange that meets a new address, its expiry, another Register or RST;
- devices that are less tidy: other root paths and queue modes when they register again, Updates that cannot be read,
  requests that must be refused, RST after an acknowledgement, addresses that cannot be reached.

What remains is of three kinds. Firmware updates are not planned yet, so what the dispatcher does only for them is not
seen. No plan gives the address of one device to another one later. And some decisions matter in one plan of a hundred or
more, so that one campaign of this size may miss them.

Rules that only variants change account for most of the changes that make no difference: they stand in the engine so
that the mutants of the catalogue can replace one decision at a time.
`;
