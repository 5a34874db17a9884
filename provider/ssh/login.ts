import type { AnyAuthMethod, AuthenticationType, NextAuthHandler } from "ssh2";

/**
 * The methods one after the other. sshd counts every one that fails: what it has said it does not take is not tried, nor is a
 * password a second time in another form when the first one was refused as such.
 */
export function inTurn(methods: readonly AnyAuthMethod[]) {
  const left = [...methods];
  let tried: string | undefined;
  return (accepted: AuthenticationType[] | null, _partial: boolean | null, next: NextAuthHandler): void => {
    for (let method = left.shift(); method; method = left.shift()) {
      const kind = method.type === "agent" ? "publickey" : method.type;
      const isAccepted = accepted === null || accepted.some((one) => one === kind);
      const isSame = kind === "keyboard-interactive" && tried === "password" && accepted?.includes("password");
      if (!isAccepted || isSame) continue;
      tried = kind;
      next(method);
      return;
    }
    next(false as unknown as AnyAuthMethod);
  };
}
