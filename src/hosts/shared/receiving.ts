// What a giver is answered whose call holds one message or several.
import type { AcceptAnswer, AcceptInput } from "../../core/acceptor.ts";
import type { Done } from "../../core/ports.ts";

/** Accepts all; `done` gets the answer that says most of what the giver must do. `repeated`: it is to be told of a conflict. */
export const acceptAll = (
  inputs: readonly AcceptInput[],
  onConflict: "keep" | "reject",
  accept: (input: AcceptInput, done: Done<AcceptAnswer>) => void,
  done: Done<AcceptAnswer>,
): void => {
  let open = inputs.length;
  let worst: AcceptAnswer = { kind: "accepted" };
  for (const input of inputs) {
    accept(input, (answer) => {
      worst = worseOf(onConflict, worst, answer);
      open -= 1;
      if (open === 0) done(worst);
    });
  }
};

const worseOf = (onConflict: "keep" | "reject", worst: AcceptAnswer, answer: AcceptAnswer): AcceptAnswer => {
  if (worst.kind === "refused" || answer.kind === "accepted") return worst;
  if (answer.kind === "refused") return answer;
  return answer.conflict && onConflict === "reject" ? answer : worst;
};

/** Of a message that was accepted before with other content, by a connector that rejects such. */
export const otherContent = '{"error":"accepted before with other content"}';
