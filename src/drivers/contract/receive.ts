import { describe, expect, it } from "vitest";
import type { InboundRequest, ReceiveResult, Receiver } from "../port.ts";

/** A receiver of connector `orders` of partner `acme`, and a giver that can prove itself. */
export interface ReceiveSubject {
  /** Longest age of a message that is still taken; null where the proof has no time. */
  readonly windowMs: number | null;
  receiver(options: {
    readonly secrets: readonly string[];
    readonly limitBytes: number;
    readonly nowMs: number;
  }): Receiver;
  /** What the giver sends. `id` null: a message without an identity. */
  call(message: {
    readonly id: string | null;
    readonly body: string;
    readonly secret: string;
    readonly atMs: number;
  }): InboundRequest;
}

const nowMs = 1_700_000_000_000;
const secret = "whsec_c2VjcmV0LW9uZQ==";
const other = "whsec_c2VjcmV0LXR3bw==";
const limitBytes = 10_000;

const received = (receiver: Receiver, request: InboundRequest): Promise<ReceiveResult> =>
  new Promise((resolve) => receiver.receive(request, resolve));
const statusOf = (result: ReceiveResult): number => (result.kind === "messages" ? result.answerStatus : result.status);

export const receiveContract = (name: string, subject: ReceiveSubject): void => {
  const receiver = (secrets: readonly string[] = [secret], at = nowMs) =>
    subject.receiver({ secrets, limitBytes, nowMs: at });
  const message = { id: "m-1", body: '{"a": 1}', secret, atMs: nowMs };
  const receive = (change: Partial<typeof message> | { readonly id: null }, to = receiver()) =>
    received(to, subject.call({ ...message, ...change }));

  describe(`${name} receives`, () => {
    it("a proved message under its identity, as it was sent", async () => {
      const result = await receive({});
      expect(result).toMatchObject({ kind: "messages", inputs: [{ identity: "/acme/orders m-1", key: null }] });
      const [input] = result.kind === "messages" ? result.inputs : [];
      expect(JSON.parse(input?.payload ?? "")).toMatchObject({
        body: message.body,
        site: "main",
        receivedAt: new Date(nowMs).toISOString(),
      });
    });

    it("the same message under the same identity again", async () => {
      expect(await receive({})).toEqual(await receive({}));
    });

    it("a message proved by either of two valid secrets", async () => {
      const to = receiver([secret, other]);
      expect((await receive({}, to)).kind).toBe("messages");
      expect((await receive({ secret: other }, to)).kind).toBe("messages");
    });

    it("nothing without proof: 401, and no word of why", async () => {
      const wrong = await receive({ secret: other });
      const altered = await received(receiver(), { ...subject.call(message), body: Buffer.from('{"a": 2}') });
      const bare = await received(receiver(), { method: "POST", url: "/", headers: {}, body: Buffer.from("{}") });
      expect([wrong, altered, bare].map(statusOf)).toEqual([401, 401, 401]);
      expect(wrong).toEqual(altered);
      expect(wrong).toEqual(bare);
    });

    it("nothing where no secret is set", async () => {
      expect(statusOf(await receive({}, receiver([])))).toBe(401);
    });

    it("no replay outside the window", async () => {
      const { windowMs } = subject;
      const late = receiver([secret], nowMs + (windowMs ?? 0) + 1_000);
      expect(statusOf(await receive({}, late)) === 401).toBe(windowMs !== null);
    });

    it("nothing over the limit: 413, proved or not", async () => {
      const body = JSON.stringify("x".repeat(limitBytes));
      expect(receiver().limitBytes).toBe(limitBytes);
      expect(statusOf(await receive({ body }))).toBe(413);
      expect(statusOf(await receive({ body, secret: other }))).toBe(413);
    });

    it("nothing without an identity: 400 naming where it should stand", async () => {
      const result = await receive({ id: null });
      expect(result).toMatchObject({ kind: "refused", status: 400, body: expect.stringMatching(/no identity at \S+/) });
    });

    it("any body of a proved giver, and keeps no secret of it", async () => {
      for (const body of ["", "{", "\u0000\uffff", '{"__proto__":{"a":1}}', "[".repeat(5_000)]) {
        const result = await receive({ body });
        expect(result.kind).toBe("messages");
        expect(JSON.stringify(result)).not.toContain(secret);
      }
    });
  });
};
