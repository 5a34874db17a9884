/** A text without the users, passwords and queries of the URLs in it: each of them may be a secret, as in the URL of a backend. */
export function withoutUrlSecrets(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)([^\s"]+)/gi, (_, scheme: string, rest: string) => {
    // A password may have an @, a slash or a question mark in it that should be escaped, and is not.
    const shown = rest.replace(/^.*@/, "[secret]@");
    return scheme + shown.replace(/\?.*?(?=:?$)/, "?[secret]");
  });
}
