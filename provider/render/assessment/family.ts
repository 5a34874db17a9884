import { z } from "zod";

interface Problem {
  readonly problem: string;
}
type Facts<P extends Problem, Name> = Omit<Extract<P, { readonly problem: Name }>, "problem">;

/** The facts of each problem of a family, by its name. A problem without its shape does not compile. */
export type Shapes<P extends Problem> = {
  readonly [Name in P["problem"]]: z.ZodType<Facts<P, Name>, Facts<P, Name>> & z.ZodObject;
};

/** A union of problems that their names tell apart. */
export function family<P extends Problem>(shapes: Shapes<P>): z.ZodType<P, P> {
  const all = Object.entries<z.ZodObject>(shapes).map(([problem, facts]) =>
    facts.extend({ problem: z.literal(problem) }),
  );
  return z.union(all) as unknown as z.ZodType<P, P>;
}
