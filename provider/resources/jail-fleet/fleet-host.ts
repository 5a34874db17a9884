import * as pulumi from "@pulumi/pulumi";
import type { Parents } from "../predicted-urn";

/** The parent of a host's resources. It is the same in every wave, so that no URN has a wave in it. */
export class FleetHost extends pulumi.ComponentResource {
  /** The sentence about the waves that do not start if this host fails; undefined in the last wave. */
  readonly laterWaves: string | undefined;

  constructor(name: string, fleet: pulumi.Resource, laterWaves: string | undefined) {
    super("chroot:index:FleetHost", name, {}, { parent: fleet });
    this.laterWaves = laterWaves;
  }
}

/** The sentence about the waves after the one that a resource with this parent belongs to. */
export function laterWavesOf(parent: pulumi.Resource | undefined): string | undefined {
  for (let at = parent; at; at = (at as Parents).__parentResource) if (at instanceof FleetHost) return at.laterWaves;
  return undefined;
}
