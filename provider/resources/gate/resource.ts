import * as pulumi from "@pulumi/pulumi";
import type { GateDeclaration } from "../../fleet/gate";
import { face } from "../face";
import { withOtherFace } from "../other-face";

/** The inputs of a {@link Gate}. */
interface GateInputs {
  /** The name of its wave. */
  readonly wave: string;
  /** Absent where the wave has no gates: the next wave then waits for this one alone. */
  readonly check: GateDeclaration | undefined;
  /** A digest over the resources of the wave: another one makes the gate run again. */
  readonly changes: pulumi.Output<string>;
  readonly turn: pulumi.Input<pulumi.Inputs>;
}

/** A check of a wave. Its creation and its update are the check, so that the state has no gate that was not open. */
export class Gate extends pulumi.CustomResource {
  /** When it was open: ISO 8601, UTC. */
  declare readonly passed: pulumi.Output<string>;

  constructor(name: string, { turn, ...inputs }: GateInputs, options: pulumi.CustomResourceOptions) {
    const served = face("Gate");
    super(
      served.type,
      name,
      {
        ...inputs,
        passed: undefined,
        // Secret, as connections may hold keys; check() drops it, so that it is never stored.
        turn: pulumi.secret(turn),
        ...served.inputs,
      },
      withOtherFace(options, served),
    );
  }
}
