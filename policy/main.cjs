// The engine loads a pack by `require`, which does not read TypeScript everywhere; `import` does.
import("./pack.ts");
