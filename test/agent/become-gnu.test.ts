import { testBecome } from "../support/become-tests";

testBecome("gnu", ["sudo", "doas"]);
