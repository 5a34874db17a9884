/** Tokens as `%h` in a value of ssh_config(5). Throws for one that is not known. */
export function expand(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replace(/%(.?)/g, (_, name: string) => {
    const value = name === "%" ? "%" : tokens[name];
    if (value === undefined) throw new Error(`the token %${name} in ${text} is not known here`);
    return value;
  });
}
