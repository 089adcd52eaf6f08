import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Credentials } from "../../aws/client.ts";
import { signatureProblem } from "../../aws/testing-signature.ts";

const reader: Credentials = { accessKeyId: "AKIAREADER", secretAccessKey: "reader/secret" };
const operator: Credentials = { accessKeyId: "ASIAOPERATOR", secretAccessKey: "op/secret", sessionToken: "session+/=" };
const roles = {
  read: "arn:aws:iam::111122223333:role/isthmus-read",
  operate: "arn:aws:iam::111122223333:role/isthmus-operate",
};

const entry = {
  connector: "orders-out",
  identity: "/shop/orders o-1",
  id: "o-1",
  round: 1,
  outcome: "faulted",
  reason: "no such article",
  entries: [{ journal: "us-east-1.1", acceptedAt: 1_700_000_000_000, key: null }],
  settlements: [{ outcome: "faulted", time: 1_700_000_001_000, reason: "no such article" }],
  payload: {},
};

/** The admin function of a region, as the API before it lets calls through. */
class Region {
  readonly name: string;
  readonly problems: string[] = [];
  readonly asked: string[] = [];
  readonly #server: Server;

  constructor(name: string) {
    this.name = name;
    this.#server = createServer((request, response) => {
      void buffer(request).then(async (body) => {
        const { method = "", url = "", headers } = request;
        const caller = [reader, operator].find(({ accessKeyId }) => headers.authorization?.includes(accessKeyId));
        const scope = { service: "execute-api", region: name };
        const problem =
          caller === undefined ? "nobody" : await signatureProblem({ method, url, headers, body }, caller, scope);
        if (problem !== null) this.problems.push(problem);
        if (problem !== null || (method !== "GET" && caller !== operator)) {
          response.writeHead(403).end('{"Message":"Forbidden"}');
          return;
        }
        this.asked.push(`${method} ${url}`);
        response.writeHead(200).end(JSON.stringify(this.#answer(method, body)));
      });
    });
  }

  #answer(method: string, body: Buffer): unknown {
    if (method === "GET") return { entries: [entry] };
    const { identities }: { readonly identities: readonly string[] } = JSON.parse(body.toString());
    return { results: identities.map((identity) => ({ kind: "done", identity })) };
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get endpoint() {
    const adminUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/prod`;
    return { publicUrl: "https://east.example", adminUrl, iam: { region: this.name, service: "execute-api", roles } };
  }
}

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let folder: string;
let east: Region;
let west: Region;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "isthmus-cli-"));
  [east, west] = await Promise.all([new Region("us-east-1").start(), new Region("us-west-2").start()]);
  mkdirSync(join(folder, "infra", "environments"), { recursive: true });
  mkdirSync(join(folder, "bin"));
  writeFileSync(
    join(folder, "infra", "environments", "prod.ts"),
    'export default { platform: "aws", regions: ["us-east-1", "us-west-2"], witness: "us-east-2", connectors: {} };',
  );
});
afterEach(() => {
  for (const region of [east, west]) region.stop();
  rmSync(folder, { recursive: true });
});

const main = join(import.meta.dirname, "..", "main.ts");
const isthmus = async (as: Credentials | null, ...args: readonly string[]): Promise<Run> => {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "-e", "prod", "--program", join(folder, "infra"), ...args],
    {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: folder,
      env: {
        PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH ?? ""}`,
        HOME: folder,
        XDG_CACHE_HOME: join(folder, "cache"),
        AWS_EC2_METADATA_DISABLED: "true",
        ...(as !== null && {
          AWS_ACCESS_KEY_ID: as.accessKeyId,
          AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
          ...(as.sessionToken !== undefined && { AWS_SESSION_TOKEN: as.sessionToken }),
        }),
      },
    },
  );
  const ended = new Promise<number | null>((done) => child.once("close", done));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, err };
};

/** The file that `--endpoints` names. */
const named = (): string => {
  const file = join(folder, "endpoints.json");
  writeFileSync(file, JSON.stringify({ regions: { "us-east-1": east.endpoint, "us-west-2": west.endpoint } }));
  return file;
};

describe("a region on aws", () => {
  test("is asked with the person's own credentials, signed", async () => {
    const asked = await isthmus(reader, "where", "o-1", "--endpoints", named());
    expect(asked).toMatchObject({ code: 0, out: expect.stringContaining("no such article") });
    expect([east.problems, west.problems]).toEqual([[], []]);
    expect(east.asked).toEqual(["GET /prod/admin/where/o-1"]);
  });

  test("is asked with credentials of a session, for identities and queries that need encoding", async () => {
    const id = "/shop/orders o&1+ä/%";
    expect((await isthmus(operator, "where", id, "--endpoints", named())).code).toBe(0);
    expect((await isthmus(operator, "faults", "--connector", "orders-out", "--endpoints", named())).code).toBe(2);
    expect([east.problems, west.problems]).toEqual([[], []]);
  });

  test("is told a decision by one who has the role to operate", async () => {
    const args = ["faults", "resubmit", "o-1", "--yes", "--json", "--endpoints", named()];
    expect(JSON.parse((await isthmus(operator, ...args)).out)).toMatchObject({
      done: ["/shop/orders o-1"],
      refused: [],
    });
    expect(east.problems).toEqual([]);
  });

  test("refuses a decision of one who may only read: which role it needs is said", async () => {
    const { code, out } = await isthmus(reader, "faults", "resubmit", "o-1", "--yes", "--endpoints", named());
    expect(code).toBe(2);
    expect(out).toContain(`a change needs the role 'operate' (${roles.operate})`);
    expect(out).toContain("0 done");
  });

  test("refuses one who has neither role", async () => {
    const stranger = { accessKeyId: "AKIASTRANGER", secretAccessKey: "s" };
    const { code, out } = await isthmus(stranger, "where", "o-1", "--endpoints", named());
    expect(code).toBe(3);
    expect(out).toContain(`us-east-1 does not answer: answers 403: reading needs the role 'read' (${roles.read})`);
  });

  test("that does not answer is named, and the code is 3", async () => {
    const file = named();
    west.stop();
    const { code, out } = await isthmus(reader, "where", "o-1", "--endpoints", file);
    expect(code).toBe(3);
    expect(out).toMatch(/us-west-2 does not answer: /);
    expect(out).toContain("no such article");
  });

  test("is not asked without credentials: what to do is said, and nothing was sent", async () => {
    expect(await isthmus(null, "where", "o-1", "--endpoints", named())).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no credentials of AWS .*AWS_PROFILE/),
    });
    expect([east.problems, east.asked]).toEqual([[], []]);
  });

  test("is asked over TLS only", async () => {
    const file = join(folder, "endpoints.json");
    const plain = { ...east.endpoint, adminUrl: "http://admin.example" };
    writeFileSync(file, JSON.stringify({ regions: { "us-east-1": plain } }));
    const asked = await isthmus(reader, "where", "o-1", "--endpoints", file);
    expect(asked).toMatchObject({ code: 1, err: expect.stringContaining("does not say where regions are") });
  });
});

/** Pulumi, as far as it is asked: what each stack says, or a backend that is down. */
const pulumi = (says: Readonly<Record<string, unknown>> | "is down"): void => {
  const file = join(folder, "bin", "pulumi");
  const known = says === "is down" ? {} : says;
  const cases = Object.entries(known).map(([stack, output]) => `${stack}) echo '${JSON.stringify(output)}'; exit 0;;`);
  const why = says === "is down" ? "error: could not reach the backend" : "error: no stack named";
  writeFileSync(
    file,
    `#!/bin/sh\necho "$@" >> '${join(folder, "asked")}'\ncase "$6" in\n${cases.join("\n")}\nesac\necho '${why}' >&2\nexit 1\n`,
  );
  chmodSync(file, 0o755);
};
const stack = (region: string): string => `prod.${region}.active-active`;
const both = () => ({ [stack("us-east-1")]: east.endpoint, [stack("us-west-2")]: west.endpoint });

/** As if it had been written an hour ago. */
const ageCache = (): void => {
  const cache = join(folder, "cache", "isthmus", "endpoints");
  for (const name of readdirSync(cache)) {
    const file = join(cache, name);
    const aged = readFileSync(file, "utf8").replaceAll(
      /"asOfMs":(\d+)/g,
      (_, ms) => `"asOfMs":${Number(ms) - 3_600_000}`,
    );
    writeFileSync(file, aged);
  }
};

describe("where the regions are", () => {
  test("is what their stacks say", async () => {
    pulumi(both());
    expect(await isthmus(reader, "where", "o-1")).toMatchObject({ code: 0, err: "" });
    expect([east.asked.length, west.asked.length]).toEqual([1, 1]);
  });

  test("is what they said before, where the backend is down; since when is said", async () => {
    pulumi(both());
    await isthmus(reader, "where", "o-1");
    pulumi("is down");
    ageCache();
    const { code, out, err } = await isthmus(reader, "where", "o-1", "--json");
    expect(code).toBe(0);
    expect(err).toMatch(/endpoints of us-east-1 as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ: Pulumi: error: could not reach/);
    expect(JSON.parse(out)).toMatchObject({ silent: {} });
  });

  test("is not asked again within minutes", async () => {
    pulumi(both());
    await isthmus(reader, "where", "o-1");
    pulumi("is down");
    expect(await isthmus(reader, "where", "o-1")).toMatchObject({ code: 0, err: "" });
  });

  test("is not known of a region whose stack never said it: it is named, and the code is 3", async () => {
    pulumi({ [stack("us-east-1")]: east.endpoint });
    const { code, out } = await isthmus(reader, "where", "o-1");
    expect(code).toBe(3);
    expect(out).toMatch(/us-west-2 does not answer: nobody says where it is: Pulumi: error: no stack named/);
  });

  test("is not known where nothing was deployed and nothing was said before", async () => {
    pulumi("is down");
    const { code, err } = await isthmus(reader, "where", "o-1");
    expect(code).toBe(1);
    expect(err).toMatch(/nothing says where the regions of prod in mode active-active are/);
    expect(err).toContain("--endpoints");
  });

  test("of two projects with an environment of one name is not mixed up", async () => {
    pulumi(both());
    await isthmus(reader, "where", "o-1");
    pulumi("is down");
    const other = join(folder, "other", "infra");
    mkdirSync(join(other, "environments"), { recursive: true });
    writeFileSync(
      join(other, "environments", "prod.ts"),
      'export default { platform: "aws", regions: ["us-east-1"], connectors: {} };',
    );
    expect((await isthmus(reader, "where", "o-1", "--program", other)).code).toBe(1);
  });
});
