/** What the survivors of `npm run mutation` have taught; a part of docs/mutation.md. */
export const LEARNT = `
## What was learnt

- **No plan creates a task with \`scheduledOn\`** (row 9). The whole life of a SCHEDULED task, from \`activeFrom\` to its
  cancelling and its place in a device's queue, can be broken without any plan noticing.
- **Four declared choices are not judged.** 120 plans accuse nobody who declares \`timerRetry\`,
  \`updateFromNewAddress: require-register\`, \`locationAtReRegister: reused\` or \`drainAfterFailure: continue\` and does the
  opposite. Who declares \`inFlightAtExpiry: answer-counts\`, \`lateResponse: updates-mirror\` or
  \`beyondBounds: shortened\` and does the opposite is accused by one plan in six to fifteen.
- **A cancelled exchange is seldom disturbed.** CANCEL_REQUESTED meets neither a new address nor the end of the active
  period.
- **Devices are too tidy.** None sends its location back as one option or with a slash in front, none registers
  Non-confirmable or without being provisioned, none sends an unreadable Update.
- Rules that only variants change account for most of the changes that make no difference: they stand in the engine so
  that the mutants of the catalogue can replace one decision at a time.
`;
