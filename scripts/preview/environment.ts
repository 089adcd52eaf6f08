// What a preview deploys: regions, witness and timings of the environment it is a preview of, and the connectors of the drill.
// The environment's own connectors stay out, since they would read and call real partners.
import { defineEnvironment } from "isthmus";
import { loadEnvironment } from "../../infra/config/environment.ts";
import { Previewed } from "./previewed.ts";

const { file, endpoints, lease } = Previewed.parse(JSON.parse(process.env.ISTHMUS_PREVIEW ?? "{}"));
const { platform, regions, witness, lease: own } = await loadEnvironment(file);
const timings = lease ?? own;

export default defineEnvironment({
  platform,
  regions,
  ...(witness !== undefined && { witness }),
  ...(timings !== undefined && { lease: timings }),
  endpoints,
  connectors: {
    given: "../scripts/preview/definitions/given.ts",
    sent: "../scripts/preview/definitions/sent.ts",
  },
});
