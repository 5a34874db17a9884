/**
 * Goes through every case of a test, so that a case that fails hides none of those after it.
 *
 * @param cases - each with `what`, the name that a failure shows.
 */
export async function eachCase<Case extends { readonly what: string }>(
  cases: readonly Case[],
  check: (one: Case) => Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  for (const one of cases) {
    try {
      await check(one);
    } catch (error) {
      failures.push(`${one.what}: ${(error as Error).stack}`);
    }
  }
  if (failures.length === 0) return;
  throw new Error(`${failures.length} of ${cases.length} cases failed:\n\n${failures.join("\n\n")}`);
}
