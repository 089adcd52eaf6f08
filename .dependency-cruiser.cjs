// The direction of imports: define <- core <- journal | hub | voter | drivers <- hosts <- connectors <- infra.
const tests = "\\.test\\.ts$|contract\\.ts$";
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from, pathNot: tests },
  to: { path: "^(src|connectors|infra|test|bench|scripts)/", pathNot: allowed },
});
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "src-imports-no-pulumi", severity: "error", from: { path: "^src/" }, to: { path: "@pulumi/" } },
    only("define-imports-nothing", "^src/define/", "^src/define/"),
    only("core-sees-define", "^src/core/", "^src/(define|core)/"),
    only("sqlite-imports-nothing", "^src/sqlite/", "^src/sqlite/"),
    only("aws-sees-core", "^src/aws/", "^src/(core|aws)/"),
    only("journal-sees-core", "^src/journal/", "^src/(define|core|sqlite|aws|journal)/"),
    only("hub-sees-core", "^src/hub/", "^src/(define|core|sqlite|aws|hub)/"),
    only("voter-sees-core", "^src/voter/", "^src/(define|core|aws|voter)/"),
    only("drivers-see-core", "^src/drivers/", "^src/(define|core|aws|drivers)/"),
    only("matrix-sees-core", "^src/matrix/", "^src/(define|core|matrix)/"),
    only("simulation-sees-core", "^src/simulation/", "^src/(define|core|aws|journal|voter|matrix|simulation)/"),
    only("contract-sees-drivers-and-matrix", "^src/contract/", "^src/(define|core|matrix|drivers|contract)/"),
    only("hosts-see-adapters", "^src/hosts/", "^src/(define|core|sqlite|aws|journal|hub|voter|drivers|hosts)/"),
    only("cli-sees-what-needs-no-host", "^src/cli/", "^src/(define|core|aws|drivers|matrix|contract|cli)/"),
    only("connectors-see-hosts", "^connectors/", "^(connectors|src/(define|core|hosts))/|^src/drivers/.*permissions"),
    only("infra-sees-connectors", "^infra/", "^(infra|connectors|src/define)/"),
    {
      name: "partner-stand-ins-share-no-code-with-src",
      severity: "error",
      from: { path: "^test/(cells/)?partner/" },
      to: { path: "^(src|connectors|infra)/" },
    },
    {
      name: "nothing-imports-tests",
      severity: "error",
      from: { path: "^(src|connectors|infra)/", pathNot: tests },
      to: { path: "^(test|bench)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
