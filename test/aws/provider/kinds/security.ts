// Roles, keys and secrets. IAM has no regions: a role is made in every emulated one.
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand, DeleteAliasCommand, DescribeKeyCommand } from "@aws-sdk/client-kms";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from "@aws-sdk/client-secrets-manager";
import { account, type Clients } from "../clients.ts";
import { type Inputs, ifThere, type Kind, list, maybe, text, there, unlessThere } from "../kind.ts";

const everywhere = async (clients: Clients, work: (region: string) => Promise<unknown>): Promise<void> => {
  for (const region of Object.keys(clients.regions)) await work(region);
};

export const role: Kind = {
  required: ["name", "assumeRolePolicy"],
  optional: ["description", "maxSessionDuration", "tags", "permissionsBoundary"],
  identity: ["name"],
  create: async (inputs, clients) => {
    const RoleName = text(inputs.name);
    const command = { RoleName, AssumeRolePolicyDocument: text(inputs.assumeRolePolicy) };
    await everywhere(clients, (region) => unlessThere(clients.iam(region).send(new CreateRoleCommand(command))));
    return { id: RoleName, outputs: { arn: `arn:aws:iam::${account}:role/${RoleName}` } };
  },
  update: async (id, inputs, _state, clients) => {
    const command = { RoleName: id, PolicyDocument: text(inputs.assumeRolePolicy) };
    await everywhere(clients, (region) => clients.iam(region).send(new UpdateAssumeRolePolicyCommand(command)));
    return {};
  },
  remove: (id, _state, clients) =>
    everywhere(clients, (region) => ifThere(clients.iam(region).send(new DeleteRoleCommand({ RoleName: id })))),
};

const putPolicy = (inputs: Inputs, clients: Clients): Promise<void> => {
  const command = { RoleName: text(inputs.role), PolicyName: text(inputs.name), PolicyDocument: text(inputs.policy) };
  return everywhere(clients, (region) => clients.iam(region).send(new PutRolePolicyCommand(command)));
};

export const rolePolicy: Kind = {
  required: ["name", "role", "policy"],
  optional: [],
  identity: ["name", "role"],
  create: async (inputs, clients) => {
    await putPolicy(inputs, clients);
    return { id: `${text(inputs.role)}:${text(inputs.name)}`, outputs: {} };
  },
  update: async (_id, inputs, _state, clients) => {
    await putPolicy(inputs, clients);
    return {};
  },
  remove: (_id, state, clients) =>
    everywhere(clients, (region) =>
      ifThere(
        clients
          .iam(region)
          .send(new DeleteRolePolicyCommand({ RoleName: text(state.role), PolicyName: text(state.name) })),
      ),
    ),
};

const versionOf = (inputs: Inputs, id: string) => ({ PolicyArn: id, PolicyDocument: text(inputs.policy) });

export const policy: Kind = {
  required: ["name", "policy"],
  optional: ["description", "path", "tags"],
  identity: ["name"],
  create: async (inputs, clients) => {
    const PolicyName = text(inputs.name);
    const command = { PolicyName, PolicyDocument: text(inputs.policy) };
    await everywhere(clients, (region) => unlessThere(clients.iam(region).send(new CreatePolicyCommand(command))));
    const arn = `arn:aws:iam::${account}:policy/${PolicyName}`;
    return { id: arn, outputs: { arn } };
  },
  update: async (id, inputs, _state, clients) => {
    const command = { ...versionOf(inputs, id), SetAsDefault: true };
    await everywhere(clients, (region) => clients.iam(region).send(new CreatePolicyVersionCommand(command)));
    return {};
  },
  remove: (id, _state, clients) =>
    everywhere(clients, (region) => ifThere(clients.iam(region).send(new DeletePolicyCommand({ PolicyArn: id })))),
};

/** Those of AWS's own are not there in an emulated region. */
const isOfAws = (arn: string): boolean => arn.startsWith("arn:aws:iam::aws:policy/");

export const rolePolicyAttachment: Kind = {
  required: ["policyArn", "role"],
  optional: [],
  identity: ["policyArn", "role"],
  create: async (inputs, clients) => {
    const command = { RoleName: text(inputs.role), PolicyArn: text(inputs.policyArn) };
    if (!isOfAws(command.PolicyArn)) {
      await everywhere(clients, (region) => clients.iam(region).send(new AttachRolePolicyCommand(command)));
    }
    return { id: `${command.RoleName}/${command.PolicyArn}`, outputs: {} };
  },
  remove: async (_id, state, clients) => {
    const command = { RoleName: text(state.role), PolicyArn: text(state.policyArn) };
    if (isOfAws(command.PolicyArn)) return;
    await everywhere(clients, (region) => ifThere(clients.iam(region).send(new DetachRolePolicyCommand(command))));
  },
};

const makeKey = async (inputs: Inputs, clients: Clients) => {
  const region = text(inputs.region);
  const { KeyMetadata } = await clients
    .kms(region)
    .send(new CreateKeyCommand({ Description: maybe(inputs.description) }));
  const id = KeyMetadata?.KeyId ?? "";
  return { id, outputs: { keyId: id, arn: KeyMetadata?.Arn ?? `arn:aws:kms:${region}:${account}:key/${id}` } };
};
const keyThere: NonNullable<Kind["exists"]> = (id, state, clients) =>
  there(clients.kms(text(state.region)).send(new DescribeKeyCommand({ KeyId: id })));

/** Keys are not deleted: AWS only schedules that. */
export const key: Kind = {
  required: ["region"],
  optional: [
    "deletionWindowInDays",
    "description",
    "enableKeyRotation",
    "multiRegion",
    "policy",
    "rotationPeriodInDays",
    "tags",
  ],
  identity: ["region", "multiRegion"],
  create: makeKey,
  exists: keyThere,
};
export const replicaKey: Kind = {
  required: ["region", "primaryKeyArn"],
  optional: ["deletionWindowInDays", "description", "policy", "tags"],
  identity: ["region", "primaryKeyArn"],
  create: makeKey,
  exists: keyThere,
};

export const alias: Kind = {
  required: ["name", "region", "targetKeyId"],
  optional: [],
  identity: ["name", "region", "targetKeyId"],
  create: async (inputs, clients) => {
    const region = text(inputs.region);
    const AliasName = text(inputs.name);
    await clients.kms(region).send(new CreateAliasCommand({ AliasName, TargetKeyId: text(inputs.targetKeyId) }));
    return { id: AliasName, outputs: { arn: `arn:aws:kms:${region}:${account}:${AliasName}` } };
  },
  remove: (id, state, clients) =>
    ifThere(clients.kms(text(state.region)).send(new DeleteAliasCommand({ AliasName: id }))),
};

const regionsOf = (state: Inputs): readonly string[] => [
  text(state.region),
  ...list(state.replicas).map(({ region }) => text(region)),
];

/** A replica that is made later has the value that there is. */
async function copyValue(SecretId: string, inputs: Inputs, clients: Clients): Promise<void> {
  const home = clients.secrets(text(inputs.region));
  const value = await home.send(new GetSecretValueCommand({ SecretId })).catch(() => null);
  if (value?.SecretString === undefined) return;
  for (const region of regionsOf(inputs).slice(1)) {
    await clients.secrets(region).send(new PutSecretValueCommand({ SecretId, SecretString: value.SecretString }));
  }
}

/** With a value at once: the SDK of a replica has nothing to read before there is one. */
export const secret: Kind = {
  required: ["name", "region"],
  optional: ["kmsKeyId", "recoveryWindowInDays", "replicas", "description", "forceOverwriteReplicaSecret", "tags"],
  identity: ["name", "region"],
  create: async (inputs, clients) => {
    const name = text(inputs.name);
    for (const region of regionsOf(inputs)) {
      await unlessThere(clients.secrets(region).send(new CreateSecretCommand({ Name: name })));
    }
    const home = clients.secrets(text(inputs.region));
    const { ARN: arn = "" } = await home.send(new DescribeSecretCommand({ SecretId: name }));
    await copyValue(name, inputs, clients);
    return { id: arn, outputs: { arn, secretName: name, emulatedIn: regionsOf(inputs) } };
  },
  remove: async (_id, state, clients) => {
    for (const region of regionsOf(state)) {
      await ifThere(
        clients
          .secrets(region)
          .send(new DeleteSecretCommand({ SecretId: text(state.name), ForceDeleteWithoutRecovery: true })),
      );
    }
  },
  exists: async (_id, state, clients) => {
    const found = regionsOf(state).map((region) =>
      there(clients.secrets(region).send(new DescribeSecretCommand({ SecretId: text(state.name) }))),
    );
    return (await Promise.all(found)).every(Boolean);
  },
};

/** The name of a secret in its ARN, without the six characters that the service adds. */
const nameIn = (arn: string): string => arn.split(":secret:")[1]?.replace(/-[A-Za-z0-9]{6}$/, "") ?? arn;

const putValue = async (inputs: Inputs, clients: Clients): Promise<void> => {
  const SecretId = nameIn(text(inputs.secretId));
  for (const region of Object.keys(clients.regions)) {
    const client = clients.secrets(region);
    if (await there(client.send(new DescribeSecretCommand({ SecretId })))) {
      await client.send(new PutSecretValueCommand({ SecretId, SecretString: text(inputs.secretString) }));
    }
  }
};

export const secretVersion: Kind = {
  required: ["region", "secretId"],
  optional: ["secretString", "secretStringWo", "secretStringWoVersion"],
  identity: ["region", "secretId"],
  create: async (inputs, clients) => {
    await putValue(inputs, clients);
    return { id: `${text(inputs.secretId)}|value`, outputs: {} };
  },
  update: async (_id, inputs, _state, clients) => {
    await putValue(inputs, clients);
    return {};
  },
};
