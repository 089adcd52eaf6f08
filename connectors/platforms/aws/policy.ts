// Statements of IAM. Pure.
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Readonly<Record<string, string | readonly string[]>>;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Conditions;
}

export const allow = (
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Conditions,
): Statement => ({
  Effect: "Allow",
  Action: actions,
  Resource: resources,
  ...(conditions !== undefined && { Condition: conditions }),
});

/** JSON of a policy. */
export const policyText = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** A service acts for this account and for this one resource only, whoever asks it to. */
export const onlyFor = (account: string, source: string): Conditions => ({
  StringEquals: { "aws:SourceAccount": account },
  ArnEquals: { "aws:SourceArn": source },
});

/** Who may take on a role that a service uses. */
export const trustService = (service: string, conditions?: Conditions): string =>
  policyText([
    {
      Effect: "Allow",
      Principal: { Service: service },
      Action: ["sts:AssumeRole"],
      ...(conditions !== undefined && { Condition: conditions }),
    },
  ]);

/** All inline policies of a role have 10,240 characters together, a managed one 6,144, and ten can be attached. */
const LONGEST_INLINE = 10_000;
const LONGEST_MANAGED = 6_000;
/** Resources of one statement: a policy is cut between statements. */
const MOST_RESOURCES = 20;

/** Statements that allow the same in one, so that a role of many connectors fits its policies. */
export function merged(statements: readonly Statement[]): readonly Statement[] {
  const alike = new Map<string, { readonly first: Statement; readonly resources: Set<string> }>();
  for (const statement of statements) {
    const { Resource = [], ...rest } = statement;
    const key = JSON.stringify(rest);
    const known = alike.get(key) ?? { first: statement, resources: new Set<string>() };
    for (const resource of Resource) known.resources.add(resource);
    alike.set(key, known);
  }
  return [...alike.values()].flatMap(({ first, resources }) => {
    const all = [...resources];
    const parts = Math.ceil(all.length / MOST_RESOURCES);
    return Array.from({ length: parts }, (_, part) => ({
      ...first,
      Resource: all.slice(part * MOST_RESOURCES, (part + 1) * MOST_RESOURCES),
    }));
  });
}

/** The policies of a role: one inline where all fits, else managed ones. */
export function rolePolicies(statements: readonly Statement[]): {
  readonly kind: "inline" | "managed";
  readonly texts: readonly string[];
} {
  const whole = policyText(statements);
  if (whole.length <= LONGEST_INLINE) return { kind: "inline", texts: [whole] };
  return { kind: "managed", texts: packed(statements).map(policyText) };
}

function packed(statements: readonly Statement[]): readonly (readonly Statement[])[] {
  const packs: Statement[][] = [];
  for (const statement of statements) {
    const last = packs.at(-1);
    if (last !== undefined && policyText([...last, statement]).length <= LONGEST_MANAGED) last.push(statement);
    else packs.push([statement]);
  }
  return packs;
}
