import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import type { RegionStatus } from "../../../core/status.ts";
import { TestClock } from "../../../core/testing.ts";
import { Telemetry } from "./telemetry.ts";

const status: RegionStatus = {
  environment: "test",
  mode: "active-active",
  region: "east",
  incarnation: 1,
  ready: true,
  wallMs: 0,
  duties: { east: { state: "acting", epoch: 3, remainingMs: 7_000 } },
  peers: {},
  sites: {},
  connectors: {},
};

test("the status is made once for all gauges of one look at the metrics: it counts what readers have not read", async () => {
  const telemetry = new Telemetry(pino({ level: "silent" }), new TestClock(), []);
  let made = 0;
  telemetry.watch(() => {
    made += 1;
    return status;
  });
  const http = createServer((request, response) => telemetry.serve(request, response));
  onTestFinished(() => void http.close());
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const answer = await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/metrics`);
  const metrics = await answer.text();
  expect(metrics).toContain('isthmus_lease_remaining_ms{duty="east"');
  expect(metrics).toContain('isthmus_lease_epoch{duty="east"');
  expect(made).toBe(1);
});
