import { httpAnswers } from "../../define/policy.ts";

const { unreadable, unproved, forbidden, conflict, gone, tooLarge } = httpAnswers;

/** What bad input is answered, whatever else is going on. */
export const inputsSection = `## What a bad giver, taker or reader gets

| input | answer |
|---|---|
| proved sender, no identity to be found | ${unreadable} naming the field; nothing stored |
| wrong or missing proof, timestamp outside the window | ${unproved}, counted; nothing stored, no detail that helps to guess |
| body over the limit | ${tooLarge} before it is read whole |
| proved sender, not valid for the schema | 2xx, and a fault with the raw message; ${unreadable} naming the field where the connector says \`onInvalid: "reject"\` |
| same identity, other content | answered as the first was; the first stays, a conflict is listed; ${conflict} with \`onConflict: "reject"\` |
| the taker's answer | [by the taxonomy](taxonomy.md): a fault for that event, a wait for the site, a repeat, or unknown; \`judge\` decides where the status does not tell |
| an address that resolves to a private or metadata address | refused when connecting; loopback only where the environment lists it |
| a feed's cursor that is not ours; of another reader or connector; older than what is kept | ${unreadable}; ${forbidden}; ${gone} with how to resume |`;
