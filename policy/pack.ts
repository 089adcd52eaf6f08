// The pack as the engine runs it: `pulumi preview --policy-pack policy`.
import { PolicyPack, type ResourceValidationArgs } from "@pulumi/policy";
import { type Looked, UNKNOWN } from "./rule.ts";
import { rules } from "./rules.ts";

new PolicyPack("isthmus", {
  enforcementLevel: "mandatory",
  policies: rules.map(({ name, description, about, look }) => ({
    name,
    description,
    validateResource: (args: ResourceValidationArgs, report: (message: string) => void) => {
      if (!about.test(args.type)) return;
      for (const message of look(looked(args))) report(`${args.name} ${message}.`);
    },
  })),
});

function looked({ type, name, urn, props }: ResourceValidationArgs): Looked {
  const [, , stack = ""] = urn.split(":");
  const [, second = ""] = stack.split(".");
  return { type, name, props: known(props), region: second === "" || second === "global" ? null : second };
}

/** Everything that is known. The engine's values throw where they are not. */
function known(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(value).map((key) => [key, knownAt(value, key)]));
}

function knownAt(value: object, key: string): unknown {
  let at: unknown;
  try {
    at = Reflect.get(value, key);
  } catch {
    return UNKNOWN;
  }
  if (Array.isArray(at)) {
    const items: object = at;
    return Array.from({ length: at.length }, (_, index) => knownAt(items, String(index)));
  }
  return typeof at === "object" && at !== null ? known(at) : at;
}
