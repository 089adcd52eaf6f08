// Starts the gateway process of a state folder again, in the network namespace that this runs in.
import { restart } from "../../../connectors/platforms/local/provider/process.ts";

await restart(process.argv[2] ?? "");
process.exit(0);
