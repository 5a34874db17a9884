/** The file that maps names of users for programs in a jail (passwd(5)). */
export const passwdPath = "etc/passwd";

/** Fields of a jail's user without own declarations. */
export const passwdDefaults = { shell: "/usr/sbin/nologin", home: "/", comment: "" } as const;
