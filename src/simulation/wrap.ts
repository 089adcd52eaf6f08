import type { Peers, PullReply, Voter, VoterReply, VoterRequest } from "../core/ports.ts";

/** A port with some of its functions replaced; the others are the original's. */
export const withChanges = <T extends object>(original: T, changes: Partial<T>): T =>
  new Proxy(original, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in changes ? changes : target, name, name in changes ? changes : target);
      return typeof value === "function" ? value.bind(name in changes ? changes : target) : value;
    },
  });

/** A voter whose replies pass through `change`. */
export const repliesOf = (voter: Voter, change: (reply: VoterReply, request: VoterRequest) => VoterReply): Voter => ({
  name: voter.name,
  request: (request, done) => voter.request(request, (reply) => done(reply === null ? null : change(reply, request))),
});

/** Peers whose answers pass through `change`. */
export const answersOf = (peers: Peers, change: (reply: PullReply) => PullReply): Peers => ({
  pull: (region, request, done) => peers.pull(region, request, (reply) => done(reply === null ? null : change(reply))),
});
