import { definePartner } from "isthmus";

/** Calls us and is never called: neither an address nor a credential of ours. */
export const insurer = definePartner({ name: "insurer", location: "internet" });
