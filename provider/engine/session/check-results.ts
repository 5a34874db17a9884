/**
 * Results of check(), for the diff() and the update() after it. Pulumi passes them nothing but the checked inputs, and the inputs
 * of an `up` hold no drift; so a result waits here, in the session of its jail. Its key is the resource's token, which check()
 * puts into the inputs.
 */
export class CheckResults {
  readonly #differs = new Map<string, boolean>();

  put(token: string, differs: boolean): void {
    this.#differs.set(token, differs);
  }

  /** Whether the host differs; undefined where nothing was checked, as in a refresh. */
  differs(token: string): boolean | undefined {
    return this.#differs.get(token);
  }
}
