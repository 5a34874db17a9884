import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type AssessmentV1, readAssessment } from "../render/assessment/assessment-v1";
import { writing } from "./cannot-write";

/** The assessments of a fleet's jails, in a folder for each unit: previews write them, and they outlast this process. */
export class Jails {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The folder for the next preview of a stack, without the files of an earlier one. */
  begin(stack: string): string {
    const folder = join(this.#folder, stack);
    writing("the folder of the assessments", folder, () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    });
    return folder;
  }

  /** The jails of a stack as its last preview has seen them. */
  of(stack: string): AssessmentV1[] {
    const folder = join(this.#folder, stack);
    const names = namesIn(folder).filter((name) => name.endsWith(".json"));
    return names.sort().flatMap((name) => readAssessment(readFileSync(join(folder, name), "utf8")) ?? []);
  }

  /** Forgets the units of an earlier rollout. */
  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
