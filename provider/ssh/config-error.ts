/** A client configuration that cannot be followed, in words, with its line. */
export class ConfigError extends Error {
  readonly #isLocated: boolean;

  constructor(message: string, where?: string) {
    super(where === undefined ? message : `${where}: ${message}`);
    this.#isLocated = where !== undefined;
  }

  /** The same mistake with a place, unless it has one. */
  at(where: string): ConfigError {
    return this.#isLocated ? this : new ConfigError(this.message, where);
  }
}
