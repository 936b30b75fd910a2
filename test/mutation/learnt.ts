/** What the survivors of `npm run mutation` have taught; a part of docs/mutation.md. */
export const LEARNT = `
## What was learnt
`;
