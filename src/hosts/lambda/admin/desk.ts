import type { Table } from "../../../aws/dynamo/table.ts";
import { Operator } from "../../../core/operator.ts";
import type { Clock, IdentityReport, Journal, ListQuery } from "../../../core/ports.ts";
import { type AdminDesk, Refused } from "../../shared/admin-routes.ts";
import { identitiesOf, type ShownEntry, shownOf } from "../../shared/shown.ts";
import type { AdminConfig } from "../config.ts";
import { type DutyRow, dutyPk, dutyRowOf, mostDuties } from "../lease/duty-row.ts";
import { type ToldHealth, toldHealth } from "../runtime/health.ts";
import { allPublished, type Told } from "../runtime/published.ts";
import { type ShownStatus, statusOf } from "./status.ts";

export interface DeskPorts {
  readonly config: AdminConfig;
  readonly clock: Clock;
  /** Of the region, not replicated. */
  readonly regionalTable: Table;
  /** Of this call of the function. */
  readonly id: string;
  /** All that is known in this region of a connector's journals, now. @throws Refused where they cannot be read */
  journalOf(connector: string): Promise<Journal>;
  /** Has an engine of the connector look. */
  wake(connector: string): Promise<void>;
}

/** Answers what people ask of a region from what stands in its tables, and writes down what they decide. */
export class Desk implements AdminDesk {
  readonly #ports: DeskPorts;

  constructor(ports: DeskPorts) {
    this.#ports = ports;
  }

  async status(): Promise<ShownStatus> {
    const { config, clock, id, regionalTable } = this.#ports;
    const [told, duties, health] = await Promise.all([
      this.told(),
      this.duties(),
      new Promise<ToldHealth | null>((done) => toldHealth(regionalTable, done)),
    ]);
    const ledgers = await Promise.all(
      this.names.map(async (name) => [name, (await this.#ports.journalOf(name)).ledger(name)] as const),
    );
    return statusOf({ config, id, wallMs: clock.wallMs(), told, duties, health, ledgers: new Map(ledgers) });
  }

  async list({ connector, ...query }: ListQuery): Promise<readonly ShownEntry[]> {
    const told = await this.told();
    const names = connector === undefined ? this.names : this.names.filter((name) => name === connector);
    const lists = await Promise.all(
      names.map(async (name) => {
        const journal = await this.#ports.journalOf(name);
        return new Promise<readonly IdentityReport[]>((done) => journal.list({ ...query, connector: name }, done));
      }),
    );
    return lists
      .flat()
      .slice(0, query.limit)
      .map((report) => shownOf(report, told.get(report.connector)?.published?.spec));
  }

  async find(id: string): Promise<readonly ShownEntry[]> {
    const told = await this.told();
    const known = [...told].flatMap(([name, { published }]) =>
      published === null ? [] : [{ name, role: published.spec.role, partner: published.spec.partner }],
    );
    const identities = identitiesOf(id, known);
    const reports = await Promise.all(
      this.names.map(async (name) => {
        const journal = await this.#ports.journalOf(name);
        const ask = (identity: string) =>
          new Promise<IdentityReport | null>((done) => journal.report(name, identity, done));
        return Promise.all(identities.map(ask));
      }),
    );
    return reports
      .flat()
      .filter((report) => report !== null)
      .map((report) => shownOf(report, told.get(report.connector)?.published?.spec));
  }

  async operatorOf(connector: string): Promise<Operator | null> {
    if (!this.names.includes(connector)) return null;
    const journal = await this.#ports.journalOf(connector);
    return new Operator(this.#ports.clock, journal, (...given) => journal.write(...given));
  }

  decided(connector: string): Promise<void> {
    return this.#ports.wake(connector);
  }

  wallMs(): number {
    return this.#ports.clock.wallMs();
  }

  get names(): readonly string[] {
    return Object.keys(this.#ports.config.connectors);
  }

  /** What engines told of their connectors last. @throws Refused where the table does not answer */
  async told(): Promise<ReadonlyMap<string, Told>> {
    const told = await new Promise<ReadonlyMap<string, Told> | null>((done) =>
      allPublished(this.#ports.regionalTable, done),
    );
    if (told === null) throw new Refused("the region's table does not answer");
    return told;
  }

  /** What the keeper published of the duties, by region. @throws Refused where the table does not answer */
  async duties(): Promise<ReadonlyMap<string, DutyRow>> {
    const rows = await new Promise<readonly DutyRow[] | null>((done) =>
      this.#ports.regionalTable.query({ pk: dutyPk, limit: mostDuties, consistent: true }, (read) =>
        done(read.kind === "read" ? read.items.map(dutyRowOf) : null),
      ),
    );
    if (rows === null) throw new Refused("the region's table does not answer");
    return new Map(rows.map((row) => [row.duty, row]));
  }
}
