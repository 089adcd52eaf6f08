// Fixtures of definitions (the folder beside a definition's file): run by the tests, `isthmus check` and `isthmus try`.
export { expectedPath, type FixtureCase, fixtureCase, fixtureCases, fixtureFolder } from "./fixtures/cases.ts";
export {
  type FixtureResult,
  type ProofClaim,
  type Prover,
  runFixture,
  runFixtures,
  type Translated,
  translateFixture,
  updateFixture,
} from "./fixtures/run.ts";
