/** The folder of fleets, below the working directory: their records, and a Pulumi project for each. */
export const fleetFolder = ".pulumi-chroot";
