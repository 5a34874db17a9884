import type { PlaceProblem } from "../../../../provider/intent/place-problem";
import { bytesOf, fromWire } from "../../../../provider/model/bytes";
import { hostPlaceSentences } from "../../../../provider/render/text/findings/host-places";
import { checkSentences } from "./check-sentences";

checkSentences<PlaceProblem>("a place on the host", hostPlaceSentences, {
  unreadable: [[{ told: "Stale file handle\x07" }, "cannot be looked at by this host: Stale file handle\\x07"]],
  "directory-missing": [
    [{ directory: bytesOf("/srv/é") }, "has no directory: make /srv/é on the host, or correct the path"],
  ],
  "no-directory": [
    [{ above: fromWire("/srv/link") }, "is below /srv/link, which is no directory: declare the path that it points to"],
  ],
  "others-write": [
    [
      { above: fromWire("/srv"), user: fromWire("bob"), group: fromWire("UNKNOWN"), mode: 0o775 },
      "is below /srv, which is bob:UNKNOWN 0775: users other than root could put another file in its place",
    ],
  ],
});
