/** What a driver needs to be allowed at AWS, as data: the policies of a connector's functions are made of it. */
export interface Permission {
  readonly actions: readonly string[];
  /** ARNs: never a pattern. */
  readonly resources: readonly string[];
}

/** Of taking on the roles that partners give us. */
export const takingOn = (roles: readonly string[]): readonly Permission[] =>
  roles.length === 0 ? [] : [{ actions: ["sts:AssumeRole"], resources: [...new Set(roles)].sort() }];
