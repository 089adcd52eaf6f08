/** The name of something at AWS: `arn:<partition>:<service>:<region>:<account>:<resource>`. */
export interface Arn {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** null: it is none that names a region and an account. */
export const arnOf = (text: string): Arn | null => {
  const [, service, region, account, resource] =
    /^arn:aws[a-z-]*:([a-z-]+):([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):([\w./-]+)$/.exec(text) ?? [];
  return service === undefined || region === undefined || account === undefined || resource === undefined
    ? null
    : { service, region, account, resource };
};

/** Roles, users and accounts have no region. */
export const isPrincipal = (text: string): boolean =>
  /^arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:role|user)\/[\w+=,.@/-]+)$/.test(text);
export const isRole = (text: string): boolean => /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(text);
