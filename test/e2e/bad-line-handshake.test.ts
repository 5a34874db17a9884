import { testBadLine } from "../support/bad-line-tests";

testBadLine(["swallows everything in the handshake", "speaks another protocol first"]);
