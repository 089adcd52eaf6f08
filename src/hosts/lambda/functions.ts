// The functions of a gateway on Lambda: what each is for, and which module of this folder makes it.
import type { Role } from "../../define/model.ts";

/** Functions that a connector may have. */
export type FunctionName = "accept" | "dispatch" | "feed";

export interface FunctionFacts {
  /**
   * What calls it: the partner through an HTTP API (payload 2.0), an SQS queue (of the hub's rule, or one that the partner
   * writes to) with partial batch responses, or the stream of the connector's table (new and old images) with the same.
   */
  readonly calledBy: "http-api" | "queue" | "stream";
  /** Relative to this folder. */
  readonly module: string;
  /** Its export that makes the handler. */
  readonly make: string;
  /** Roles of the driver that it needs; none: the definition is all. */
  readonly driverRoles: readonly Role[];
}

export type ConnectorFunctions = Readonly<Partial<Record<FunctionName, FunctionFacts>>>;

const toHub: FunctionFacts = {
  calledBy: "stream",
  module: "dispatch/to-hub.ts",
  make: "dispatchToHub",
  driverRoles: ["poll"],
};
const hubAccept: FunctionFacts = {
  calledBy: "queue",
  module: "accept/hub-accept.ts",
  make: "hubAccept",
  driverRoles: [],
};

/**
 * The handler of each is `index.handler`. The one that the stream calls is invoked by the keeper as well; it does not look
 * at what it is invoked with.
 *
 * @param driver the definition's
 */
export const functionsOf = (role: Role, driver: string): ConnectorFunctions => {
  switch (role) {
    case "receive":
      return { accept: driver === "http" ? httpAccept : queueAccept, dispatch: toHub };
    case "poll":
      return { dispatch: toHub };
    case "send":
      return {
        accept: hubAccept,
        dispatch: {
          calledBy: "stream",
          module: "dispatch/to-partner.ts",
          make: "dispatchToPartner",
          driverRoles: ["send"],
        },
      };
    case "feed":
      return {
        accept: hubAccept,
        feed: { calledBy: "http-api", module: "feed/feed.ts", make: "serveFeed", driverRoles: ["feed"] },
        dispatch: { calledBy: "stream", module: "dispatch/to-readers.ts", make: "dispatchToReaders", driverRoles: [] },
      };
  }
};

const httpAccept: FunctionFacts = {
  calledBy: "http-api",
  module: "accept/http-accept.ts",
  make: "httpAccept",
  driverRoles: ["receive"],
};
const queueAccept: FunctionFacts = {
  calledBy: "queue",
  module: "accept/queue-accept.ts",
  make: "queueAccept",
  driverRoles: ["receive"],
};
