import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PeerCertificate, TLSSocket } from "node:tls";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CertificateSpec } from "./certificate.ts";
import { never, open, send, senderIn } from "./testing.ts";
import { type Authority, authority, type Pair } from "./testing-certificates.ts";

let partners: Authority;
let strangers: Authority;
let server: Pair;
let first: Pair;
let second: Pair;
beforeAll(async () => {
  [partners, strangers] = await Promise.all([authority("partners"), authority("strangers")]);
  [server, first, second] = await Promise.all([
    partners.issue("site"),
    partners.issue("acme 1"),
    partners.issue("acme 2"),
  ]);
});

interface Site {
  readonly url: string;
  readonly endpoint: string;
  /** Common names in the certificates of the calls, in order. */
  readonly callers: string[];
  connections(): number;
  /** Ends connections that stand. */
  cut(): void;
}

/** A site whose server takes calls of certificates of the partner's authority only. */
const site = async (shows: Pair = server): Promise<Site> => {
  const callers: string[] = [];
  let opened = 0;
  const https = createServer(
    { cert: shows.certificate, key: shows.key, ca: partners.certificate, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      callers.push(nameOf((request.socket as TLSSocket).getPeerCertificate()));
      response.writeHead(204).end();
    },
  );
  https.on("connection", () => {
    opened += 1;
  });
  https.listen(0, "127.0.0.1");
  await once(https, "listening");
  open.push({
    close: () => {
      https.closeAllConnections();
      https.close();
    },
  });
  const { port } = https.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    endpoint: `127.0.0.1:${port}`,
    callers,
    connections: () => opened,
    cut: () => https.closeAllConnections(),
  };
};
const nameOf = ({ subject }: PeerCertificate): string => String(subject.CN);

const worldOf = ({ url, endpoint }: Pick<Site, "url" | "endpoint">, pair: Pair, ca: string | null = null) => {
  const secrets: Record<string, readonly string[]> = { certificate: [pair.certificate], key: [pair.key] };
  const auth: CertificateSpec = {
    kind: "mtls",
    certificate: { secret: "certificate" },
    key: { secret: "key" },
    ca: ca ?? partners.certificate,
  };
  return { secrets, sender: senderIn({ auth, url, loopback: [endpoint], secrets }) };
};

describe("a client certificate", () => {
  it("proves us to a site that asks for one", async () => {
    const at = await site();
    expect(await send(worldOf(at, first).sender)).toMatchObject({ verdict: "delivered" });
    expect(at.callers).toEqual(["acme 1"]);
  });

  it("that was changed proves every new connection, without a restart", async () => {
    const at = await site();
    const { secrets, sender } = worldOf(at, first);
    await send(sender);
    secrets.certificate = [second.certificate];
    secrets.key = [second.key];
    at.cut();
    await expect.poll(async () => (await send(sender)).verdict).toBe("delivered");
    expect(at.callers).toEqual(["acme 1", "acme 2"]);
  });

  it("whose key comes later goes on with the pair that belongs together", async () => {
    const at = await site();
    const { secrets, sender } = worldOf(at, first);
    secrets.certificate = [second.certificate, first.certificate];
    expect(await send(sender)).toMatchObject({ verdict: "delivered" });
    expect(at.callers).toEqual(["acme 1"]);
  });

  const missing: readonly (readonly [string, readonly string[], readonly string[], RegExp])[] = [
    ["certificate", [], ["key"], /the secret 'certificate' is not set/],
    ["key", ["certificate"], [], /the secret 'key' is not set/],
    ["key that can be read", ["certificate"], ["no key"], /the secret 'key' is not set/],
  ];
  it.each(missing)(
    "without a %s nothing is sent, and no connection is opened",
    async (_name, certificate, key, reason) => {
      const at = await site();
      const { secrets, sender } = worldOf(at, first);
      secrets.certificate = certificate.map(() => first.certificate);
      secrets.key = key.map((value) => (value === "key" ? first.key : value));
      expect(await send(sender)).toMatchObject({ ...never, reason: expect.stringMatching(reason) });
      expect(at.connections()).toBe(0);
    },
  );

  it("with the key of another: nothing is sent, and the reason shows neither", async () => {
    const at = await site();
    const { secrets, sender } = worldOf(at, first);
    secrets.key = [second.key];
    const answer = await send(sender);
    expect(answer).toMatchObject({ ...never, reason: expect.stringContaining("the key of a certificate") });
    expect(JSON.stringify(answer)).not.toContain("PRIVATE");
    expect(at.connections()).toBe(0);
  });
});

describe("their server's certificate", () => {
  it("of another authority than the definition names: nothing is sent", async () => {
    const at = await site(await strangers.issue("site"));
    expect(await send(worldOf(at, first).sender)).toMatchObject({ verdict: "retry", against: "site", sent: false });
    expect(at.callers).toEqual([]);
  });

  it("of the authority that the definition names, and not of those that the system trusts", async () => {
    const at = await site(await strangers.issue("site"));
    expect(await send(worldOf(at, first, strangers.certificate).sender)).toMatchObject({ verdict: "delivered" });
  });

  it("that has ended: nothing is sent", async () => {
    const at = await site(await partners.issue("site", -1));
    expect(await send(worldOf(at, first).sender)).toMatchObject({ verdict: "retry", against: "site", sent: false });
  });
});

/** Unlike Node's own server it tells the client why it ends a handshake, as most do. */
const strictServer = `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
context.load_verify_locations(cadata=open(sys.argv[2]).read())
context.verify_mode = ssl.CERT_REQUIRED
context.maximum_version = getattr(ssl.TLSVersion, sys.argv[3])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    try:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65536)
            secured.sendall(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")
    except (ssl.SSLError, OSError):
        pass
`;

const isHere = spawnSync("python3", ["--version"]).status === 0;

describe.each(["TLSv1_2", "TLSv1_3"])("a server that refuses our certificate by %s", (version) => {
  beforeEach(({ skip }) => skip(!isHere, "python3 is not on this machine"));

  const refused: readonly (readonly [string, () => Promise<Pair>])[] = [
    ["of another authority", () => strangers.issue("acme")],
    ["that has ended", () => partners.issue("acme", -1)],
  ];
  it.each(refused)("%s: it counts against our credentials, and nothing was taken", async (_name, issue) => {
    const port = await strict(version);
    const endpoint = `127.0.0.1:${port}`;
    const { sender, secrets } = worldOf({ url: `https://${endpoint}`, endpoint }, await issue());
    expect(await send(sender)).toMatchObject({
      ...never,
      reason: expect.stringContaining("our certificate is refused"),
    });
    secrets.certificate = [first.certificate];
    secrets.key = [first.key];
    expect(await send(sender)).toMatchObject({ verdict: "delivered" });
  });

  const strict = async (highest: string): Promise<number> => {
    const folder = mkdtempSync(join(tmpdir(), "isthmus-tls-"));
    const [shown, trusted] = [join(folder, "server.pem"), join(folder, "ca.pem")];
    writeFileSync(shown, `${server.certificate}\n${server.key}`);
    writeFileSync(trusted, partners.certificate);
    const process = spawn("python3", ["-c", strictServer, shown, trusted, highest], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    open.push({
      close: () => {
        process.kill("SIGKILL");
        rmSync(folder, { recursive: true });
      },
    });
    const [line] = await once(createInterface(process.stdout), "line");
    return Number(line);
  };
});
