import { expect, test } from "@jest/globals";
import { withoutUrlSecrets } from "../../provider/model/url-secrets";

test("a URL in a text loses its user, its password and its query, however they are written", () => {
  for (const [text, shown] of [
    ["dial postgres://me:pa:ss@db/pulumi: refused", "dial postgres://[secret]@db/pulumi: refused"],
    ['open "postgres://me:p@ss@db/pulumi": refused', 'open "postgres://[secret]@db/pulumi": refused'],
    ["postgres://me:p/a?s@db/x", "postgres://[secret]@db/x"],
    ["postgres://db/x?user=me&password=pass: refused", "postgres://db/x?[secret]: refused"],
    ["open bucket s3://a?key=k, s3+x://b?key=a@b", "open bucket s3://a?[secret] s3+x://[secret]@b"],
    ["no URL: ns1:/srv/a?b@c", "no URL: ns1:/srv/a?b@c"],
  ] as const)
    expect(withoutUrlSecrets(text)).toBe(shown);
});
