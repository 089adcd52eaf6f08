// Items in DynamoDB's own notation, and back.
import type { Change, Condition, Item, ItemKey } from "./table.ts";

type Value = { readonly S: string } | { readonly N: string };

const noted = (value: string | number): Value => (typeof value === "string" ? { S: value } : { N: String(value) });

export const keyOf = ({ pk, sk }: ItemKey): Readonly<Record<string, Value>> => ({ pk: { S: pk }, sk: { S: sk } });

export const marshalled = ({ attributes, ...key }: Item): Readonly<Record<string, Value>> => ({
  ...keyOf(key),
  ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, noted(value)])),
});

/** null: not an item of ours. */
export const itemOf = (value: unknown): Item | null => {
  if (typeof value !== "object" || value === null) return null;
  const fields = Object.entries(value).flatMap(([name, one]) => {
    const plain = plainOf(one);
    return plain === null ? [] : [[name, plain] as const];
  });
  const { pk, sk, ...attributes } = Object.fromEntries(fields);
  return typeof pk === "string" && typeof sk === "string" ? { pk, sk, attributes } : null;
};

const plainOf = (value: unknown): string | number | null => {
  const { S, N } = { ...Object(value) };
  if (typeof S === "string") return S;
  return typeof N === "string" ? Number(N) : null;
};

interface Expression {
  readonly text: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Value>>;
}

const conditionText = (condition: Condition | null): Expression | null => {
  switch (condition?.kind) {
    case undefined:
      return null;
    case "absent":
      return { text: "attribute_not_exists(pk)", names: {}, values: {} };
    case "present":
      return { text: "attribute_exists(pk)", names: {}, values: {} };
    case "equals":
      return { text: "#c = :c", names: { "#c": condition.attribute }, values: { ":c": noted(condition.value) } };
    case "absent-or-below":
      return {
        text: "attribute_not_exists(#c) OR #c < :c",
        names: { "#c": condition.attribute },
        values: { ":c": noted(condition.value) },
      };
  }
};

const some = (name: string, value: Readonly<Record<string, unknown>>): object =>
  Object.keys(value).length === 0 ? {} : { [name]: value };

export const conditionOf = (condition: Condition | null): object => {
  const stated = conditionText(condition);
  if (stated === null) return {};
  return {
    ConditionExpression: stated.text,
    ...some("ExpressionAttributeNames", stated.names),
    ...some("ExpressionAttributeValues", stated.values),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
};

export const updateOf = ({ set = {}, remove = [] }: Change, condition: Condition | null): object => {
  const stated = conditionText(condition);
  const sets = Object.entries(set);
  const names: Record<string, string> = { ...stated?.names };
  const values: Record<string, Value> = { ...stated?.values };
  for (const [at, [name, value]] of sets.entries()) {
    names[`#s${at}`] = name;
    values[`:s${at}`] = noted(value);
  }
  for (const [at, name] of remove.entries()) names[`#r${at}`] = name;
  const clauses = [
    ...(sets.length > 0 ? [`SET ${sets.map((_, at) => `#s${at} = :s${at}`).join(", ")}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.map((_, at) => `#r${at}`).join(", ")}`] : []),
  ];
  return {
    UpdateExpression: clauses.join(" "),
    ...(stated !== null && {
      ConditionExpression: stated.text,
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
    ...some("ExpressionAttributeNames", names),
    ...some("ExpressionAttributeValues", values),
  };
};
