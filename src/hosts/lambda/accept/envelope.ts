import type { HubEvent } from "../../../define/spec.ts";

export const eventIn = (_body: string): HubEvent | null => null;
