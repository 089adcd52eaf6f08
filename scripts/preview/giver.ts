// A partner that gives: signed messages to the public endpoint of a region.
import { Webhook } from "standardwebhooks";

const answerMs = 15_000;

/** @returns whether it was acknowledged */
export async function give(url: string, secret: string, id: string): Promise<boolean> {
  const body = JSON.stringify({ given: id });
  const at = new Date();
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  try {
    const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(answerMs) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
