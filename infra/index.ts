// The Pulumi program. The stack's name says what is deployed: an environment's shared parts, or one of its regions.
import * as pulumi from "@pulumi/pulumi";
import { parseStackName } from "./config/stack.ts";
import { deployGlobal } from "./global.ts";
import { deployRegion } from "./region.ts";

const stack = parseStackName(pulumi.getStack());
const outputs = stack.kind === "global" ? await deployGlobal(stack) : await deployRegion(stack);

export default outputs;
