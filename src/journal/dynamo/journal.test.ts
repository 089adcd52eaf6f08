import { MemoryStore, MemoryTable } from "../../aws/dynamo/memory-table.ts";
