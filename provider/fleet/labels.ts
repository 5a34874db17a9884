/** Labels by their names. One with several values, such as the groups of a host, fits a wave that wants one of them. */
export type Labels = Readonly<Record<string, string | readonly string[]>>;
