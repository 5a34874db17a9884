/** The options of `npm run bench:fleet`, for each of its parts. */
export interface PartOptions {
  /** Hosts, or units of a rollout; each part has a default of its own. */
  readonly size?: number | undefined;
  /** Times that the sides of a part run in turn. */
  readonly rounds?: number | undefined;
  /** The part that compares with Ansible measures this package's side alone. */
  readonly withoutAnsible?: boolean | undefined;
}
