/** Runs a function for each item, at most `width` at once, and returns the results in the items' order. */
export async function atMost<T, R>(width: number, items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const work = async () => {
    for (const [index, item] of left) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}
