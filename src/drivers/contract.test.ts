import { expect, it } from "vitest";
import { builtDrivers } from "../define/drivers.ts";
import { type ReceiveSubject, receiveContract, type SendSubject, sendContract } from "./contract.ts";
import { httpReceiveSubject, httpSendSubject } from "./http/contract-subjects.ts";
import type { DriverName } from "./port.ts";
import { drivers } from "./registry.ts";

const subjects: Readonly<Record<DriverName, { readonly receive?: ReceiveSubject; readonly send?: SendSubject }>> = {
  http: { receive: httpReceiveSubject, send: httpSendSubject },
};

it.each(Object.entries(drivers))("driver %s brings a subject for each of its roles", (name, driver) => {
  const given = Object.entries(subjects).find(([subject]) => subject === name)?.[1];
  expect(Object.keys(given ?? {}).sort()).toEqual(Object.keys(driver).sort());
});

it("the roles that definitions may use are those that are built", () => {
  const roles = Object.entries(drivers).map(([name, driver]) => [name, Object.keys(driver).sort()]);
  expect(builtDrivers).toEqual(Object.fromEntries(roles));
});

for (const [name, { receive, send }] of Object.entries(subjects)) {
  if (receive !== undefined) receiveContract(name, receive);
  if (send !== undefined) sendContract(name, send);
}
