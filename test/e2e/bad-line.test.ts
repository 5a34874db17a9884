import { testBadLine } from "../support/bad-line-tests";

testBadLine(["is cut in the login", "is cut while something is repaired"]);
