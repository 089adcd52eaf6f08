import type { DatabaseSync, SQLInputValue } from "node:sqlite";

type Columns = readonly (string | number | null)[];

/** A prepared question: all rows, each as a tuple of its columns. `Row` states what the SQL selects. */
export const rows = <Row extends Columns>(
  database: DatabaseSync,
  sql: string,
): ((...values: SQLInputValue[]) => Row[]) => {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return (...values) => statement.all(...values) as unknown as Row[];
};

/** A prepared question whose rows come one by one, so that many need no memory. */
export const each = <Row extends Columns>(
  database: DatabaseSync,
  sql: string,
): ((...values: SQLInputValue[]) => Iterable<Row>) => {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return (...values) => statement.iterate(...values) as Iterable<unknown> as Iterable<Row>;
};

/** A prepared question that has one row or none. */
export const row = <Row extends Columns>(
  database: DatabaseSync,
  sql: string,
): ((...values: SQLInputValue[]) => Row | undefined) => {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return (...values) => statement.get(...values) as unknown as Row | undefined;
};

/** A prepared change. */
export const change = (database: DatabaseSync, sql: string): ((...values: SQLInputValue[]) => void) => {
  const statement = database.prepare(sql);
  return (...values) => {
    statement.run(...values);
  };
};
